/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_INTERRUPTION_H
#define ECLD_INTERRUPTION_H

#include "base/interruption.h"

namespace ecld
{

using base::Interruption;
using base::InterruptionGuard;

} // namespace ecld

#endif // ECLD_INTERRUPTION_H
