/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_RANDOM_STREAM_H
#define AGENTS_RANDOM_STREAM_H

#include "base/random-stream.h"

namespace agents
{

/// An agent's randomness. LibTorch's own generator is one for the process and its numbers differ
/// among its versions. @ingroup agents
using base::RandomStream;

} // namespace agents

#endif // AGENTS_RANDOM_STREAM_H
