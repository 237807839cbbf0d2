/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "learner-settings.h"

namespace agents
{

void
SetPaper(LearnerSettings& settings)
{
    settings.hidden = {256, 256};
    settings.activation = "relu";
    settings.learningRate = 1e-5;
    settings.gamma = 0.99;
    // Algorithm 1 ends an episode by its flag d_t, after which (36) sees no value.
    settings.episodeEndIsTerminal = true;
}

} // namespace agents
