/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "set-learner-settings.h"

#include <stdexcept>

namespace agents
{

void
RequireBest(Preset preset, const std::string& algorithm)
{
    if (preset != Preset::BEST)
    {
        throw std::invalid_argument("preset of " + algorithm +
                                    ": expected best, since it is not of the paper and does not "
                                    "look ahead");
    }
}

} // namespace agents
