/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sequence-sampler.h"

#include "scale-actions.h"

#include <algorithm>
#include <utility>

namespace agents
{

namespace
{

constexpr uint64_t STARTS_TRIED = 1000;    //!< steps from which the longest sequence is looked for
constexpr int64_t TRIES_PER_SEQUENCE = 20; //!< places tried for a sequence

} // namespace

SequenceSampler::SequenceSampler(const Experience& experience,
                                 const ExperienceNormaliser& normaliser,
                                 double actionScale,
                                 base::RandomStream& random)
    : m_experience(experience),
      m_normaliser(normaliser),
      m_actionScale(actionScale),
      m_random(random)
{
}

bool
SequenceSampler::IsFollowed(uint64_t step) const
{
    return m_experience.IsClosed(step) && m_experience.GetEnd(step) == Experience::End::NEXT;
}

int64_t
SequenceSampler::GetSlots(uint64_t first, int64_t slots) const
{
    // Where the oldest steps were overwritten, the first episode can be short.
    int64_t most = 0;
    const uint64_t last = std::min(first + STARTS_TRIED, m_experience.GetCount());
    for (uint64_t start = first; most < slots && start < last; ++start)
    {
        int64_t length = 0;
        for (uint64_t step = start; length < slots && IsFollowed(step);
             step = m_experience.GetNext(step))
        {
            ++length;
        }
        most = std::max(most, length);
    }
    return std::min(slots, most);
}

std::vector<SequenceSampler::Steps>
SequenceSampler::DrawSteps(uint64_t first, int64_t slots, int64_t count)
{
    const uint64_t kept = m_experience.GetCount() - first;
    std::vector<Steps> sequences;
    for (int64_t tries = kept > 0 ? TRIES_PER_SEQUENCE * count : 0;
         tries > 0 && static_cast<int64_t>(sequences.size()) < count;
         --tries)
    {
        Steps steps;
        uint64_t step = first + m_random.Choose(kept);
        while (static_cast<int64_t>(steps.size()) < slots && step != Experience::NONE &&
               IsFollowed(step))
        {
            steps.push_back(step);
            step = m_experience.GetNext(step);
        }
        if (static_cast<int64_t>(steps.size()) == slots)
        {
            steps.push_back(step);
            sequences.push_back(std::move(steps));
        }
    }
    return sequences;
}

Sequences
SequenceSampler::Draw(uint64_t first, int64_t slots, int64_t count)
{
    const std::vector<Steps> sequences = DrawSteps(first, slots, count);
    if (sequences.empty())
    {
        return {};
    }
    const auto found = static_cast<int64_t>(sequences.size());
    std::vector<uint64_t> steps;
    for (int64_t t = 0; t <= slots; ++t)
    {
        for (const Steps& sequence : sequences)
        {
            steps.push_back(sequence[t]);
        }
    }
    Sequences drawn;
    drawn.observations = m_normaliser.GatherObservations(steps).reshape({slots + 1, found, -1});
    steps.resize(slots * found);
    drawn.actions = ScaleActions(at::sigmoid(m_normaliser.GatherActions(steps)), m_actionScale)
                        .reshape({slots, found, -1});
    drawn.rewards = m_normaliser.GatherRewards(steps).reshape({slots, found});
    return drawn;
}

} // namespace agents
