/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_STRETCHES_H
#define AGENTS_STRETCHES_H

#include "../experience.h"
#include "../random-stream.h"

#include <cstdint>
#include <vector>

namespace agents
{

/// Numbers of steps of one stream that follow one another. All but the last are closed, and each
/// of these was followed by the next one: a stretch never crosses the end of an episode.
using Stretch = std::vector<uint64_t>;

/**
 * How long stretches can be.
 * @param experience steps
 * @param first number of the first step they may begin with, kept
 * @param slots length that is wished, in steps that are followed by another
 * @return the smaller one of that and of the longest stretch that was found
 */
int64_t GetStretchSlots(const Experience& experience, uint64_t first, int64_t slots);

/**
 * Draw stretches that begin at random places.
 * @param experience steps
 * @param random source
 * @param first number of the first step they may begin with, kept
 * @param slots length of each, so that each has slots + 1 steps
 * @param count how many
 * @return as many, or fewer where few places allow that length
 */
std::vector<Stretch> DrawStretches(const Experience& experience,
                                   RandomStream& random,
                                   uint64_t first,
                                   int64_t slots,
                                   int64_t count);

} // namespace agents

#endif // AGENTS_STRETCHES_H
