/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_TERMINAL_H
#define BASE_TERMINAL_H

namespace base
{

/// @return whether standard error is a terminal on which a line can be drawn anew, for progress;
/// not where TERM is dumb or unset
bool ShowsProgress();

} // namespace base

#endif // BASE_TERMINAL_H
