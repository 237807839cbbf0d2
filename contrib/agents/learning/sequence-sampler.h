/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_SEQUENCE_SAMPLER_H
#define AGENTS_SEQUENCE_SAMPLER_H

#include "../experience.h"
#include "base/random-stream.h"
#include "experience-normaliser.h"
#include "world-model.h"

#include <cstdint>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief Draws sequences of steps that a world model learns from.
 *
 * The steps of a sequence are of one stream and follow one another. All but the last are closed,
 * and each of these was followed by the next one: a sequence never crosses the end of an episode.
 */
class SequenceSampler
{
  public:
    using Steps = std::vector<uint64_t>; ///< numbers of the steps of a sequence

    /**
     * @param experience steps, kept by reference, as all others
     * @param normaliser of the experience
     * @param actionScale what the model sees of an action is this times (a - 1/2)
     * @param random source
     */
    SequenceSampler(const Experience& experience,
                    const ExperienceNormaliser& normaliser,
                    double actionScale,
                    base::RandomStream& random);

    /**
     * How long sequences can be.
     * @param first number of the first step they may begin with, kept
     * @param slots length that is wished, in steps that are followed by another
     * @return the smaller one of that and of the longest sequence that was found
     */
    int64_t GetSlots(uint64_t first, int64_t slots) const;

    /**
     * Draw sequences that begin at random places.
     * @param first number of the first step they may begin with, kept
     * @param slots length of each, so that each has slots + 1 steps
     * @param count how many
     * @return as many, or fewer where few places allow that length
     */
    std::vector<Steps> DrawSteps(uint64_t first, int64_t slots, int64_t count);

    /**
     * Draw sequences as a world model sees them.
     * @param first number of the first step they may begin with, kept
     * @param slots length of each
     * @param count how many
     * @return as many, or fewer; undefined tensors where there is none
     */
    Sequences Draw(uint64_t first, int64_t slots, int64_t count);

  private:
    /// @param step a step that is kept @return whether it is closed and was followed by another
    bool IsFollowed(uint64_t step) const;

    const Experience& m_experience;           //!< steps
    const ExperienceNormaliser& m_normaliser; //!< of the experience
    const double m_actionScale;               //!< of actions
    base::RandomStream& m_random;             //!< source
};

} // namespace agents

#endif // AGENTS_SEQUENCE_SAMPLER_H
