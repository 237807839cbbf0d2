/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "entity-draws.h"

#include "../dense-layer.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace agents
{

namespace
{

constexpr int64_t LEAST_SETS = 4; //!< imagined in a gradient step, however large they are

} // namespace

EntityDraws::EntityDraws(const EntityExperience& experience,
                         const OutcomeTask& task,
                         const OutcomeModelSettings& settings,
                         base::RandomStream& random)
    : m_experience(experience),
      m_task(task),
      m_settings(settings),
      m_random(random)
{
}

const EntityStep&
EntityDraws::ChooseStep(Eigen::Index n)
{
    const auto& steps = m_experience.GetClosed().at(n);
    return m_experience.Get(steps[m_random.Choose(steps.size())]);
}

EntitySets
EntityDraws::DrawSeen()
{
    EntitySets sets;
    sets.n = m_experience.ChooseSize(false, m_random);
    sets.count = m_settings.batch;
    const EntityStep& any = m_experience.Get(m_experience.GetClosed().at(sets.n).front());
    const Eigen::Index rows = sets.count * sets.n;
    sets.traits.resize(rows, m_task.GetTraits());
    sets.actions.resize(rows, any.actions.cols());
    sets.outcomes.resize(rows, any.outcomes.cols());
    for (int64_t i = 0; i < sets.count; ++i)
    {
        const EntityStep& step = ChooseStep(sets.n);
        sets.traits.middleRows(i * sets.n, sets.n) =
            step.observations.rightCols(m_task.GetTraits());
        sets.actions.middleRows(i * sets.n, sets.n) = step.actions.unaryExpr(&Logistic);
        sets.outcomes.middleRows(i * sets.n, sets.n) = step.outcomes;
        if (m_settings.permutesOutcomes)
        {
            Permute(sets.outcomes.middleRows(i * sets.n, sets.n));
        }
    }
    return sets;
}

void
EntityDraws::Permute(Eigen::Ref<Rows> outcomes)
{
    const Rows own = outcomes;
    std::vector<Eigen::Index> order(own.rows());
    std::iota(order.begin(), order.end(), 0);
    m_random.Shuffle(order.begin(), order.end());
    for (Eigen::Index k = 0; k < own.rows(); ++k)
    {
        outcomes.row(k) = own.row(order[k]);
    }
}

int64_t
EntityDraws::ChooseImaginedSize()
{
    if (!m_settings.imaginesSizes)
    {
        return m_experience.ChooseSize(false, m_random);
    }
    // As many sets of 2 to 4 entities as of 50 to 100.
    const double least = std::log(static_cast<double>(m_settings.leastEntities));
    const double most = std::log(static_cast<double>(m_settings.mostEntities));
    return std::llround(std::exp(least + (most - least) * m_random.Uniform()));
}

EntitySets
EntityDraws::DrawImagined()
{
    EntitySets sets;
    sets.n = ChooseImaginedSize();
    sets.count =
        std::min(m_settings.batch, std::max(LEAST_SETS, m_settings.imaginedEntities / sets.n));
    sets.traits.resize(sets.count * sets.n, m_task.GetTraits());
    if (!m_settings.imaginesSizes)
    {
        for (int64_t i = 0; i < sets.count; ++i)
        {
            sets.traits.middleRows(i * sets.n, sets.n) =
                ChooseStep(sets.n).observations.rightCols(m_task.GetTraits());
        }
        return sets;
    }
    for (Eigen::Index row = 0; row < sets.traits.rows(); ++row)
    {
        const Eigen::Index n = m_experience.ChooseSize(true, m_random);
        const EntityStep& step = ChooseStep(n);
        sets.traits.row(row) = step.observations.row(static_cast<Eigen::Index>(m_random.Choose(n)))
                                   .tail(m_task.GetTraits());
    }
    MakeKinds(sets);
    return sets;
}

const EntityStep&
EntityDraws::ChooseStart()
{
    const uint64_t oldest = m_experience.GetOldest();
    const uint64_t number = oldest + m_random.Choose(m_experience.GetCount() - oldest);
    const bool isFirst = m_random.Uniform() < m_settings.startShare;
    return m_experience.Get(isFirst ? m_experience.GetSequence(number).front() : number);
}

EntityDraws::Track
EntityDraws::ChooseTrack()
{
    const uint64_t oldest = m_experience.GetOldest();
    const uint64_t number = oldest + m_random.Choose(m_experience.GetCount() - oldest);
    Track track;
    track.sequence = &m_experience.GetSequence(number);
    track.place = std::lower_bound(track.sequence->begin(), track.sequence->end(), number) -
                  track.sequence->begin();
    track.entity =
        static_cast<Eigen::Index>(m_random.Choose(m_experience.Get(number).observations.rows()));
    track.direction = m_random.Choose(2) == 0 ? 1 : -1;
    return track;
}

void
EntityDraws::FollowTrack(const CarriedSteps& steps, EntitySets& paths, Eigen::Index column)
{
    Track track = ChooseTrack();
    const auto length = static_cast<int64_t>(track.sequence->size());
    const Eigen::Index own = m_task.GetTraits() - steps.GetCarriedTraits();
    const auto find = [&](int64_t place) {
        return m_experience.Get((*track.sequence)[place])
            .observations.row(track.entity)
            .tail(m_task.GetTraits());
    };
    const Eigen::RowVectorXf first = find(0);
    for (int64_t step = 0; step < paths.steps; ++step)
    {
        auto row = paths.traits.row(paths.GetRow(step) + column);
        Eigen::RowVectorXf seen = find(track.place);
        if (!steps.TakesPart(seen))
        {
            m_task.MakeAlike(first, seen);
        }
        row.head(own) = seen.head(own);
        if (track.place + track.direction < 0 || track.place + track.direction >= length)
        {
            track.direction = -track.direction;
        }
        track.place = std::clamp<int64_t>(track.place + track.direction, 0, length - 1);
    }
}

EntitySets
EntityDraws::DrawPaths(const CarriedSteps& steps)
{
    const EntityStep& start = ChooseStart();
    const Rows traits = start.observations.rightCols(m_task.GetTraits());
    const int64_t left = steps.GetStepsLeft(traits.row(0));
    EntitySets paths;
    paths.steps = left > 0 ? std::min(m_settings.horizonSlots, left) : m_settings.horizonSlots;
    paths.n = ChooseImaginedSize();
    const int64_t entities = paths.n * paths.steps;
    const int64_t count =
        std::min(m_settings.batch, std::max(LEAST_SETS, m_settings.imaginedEntities / entities));
    paths.count = count * paths.steps;
    paths.traits.setZero(paths.count * paths.n, m_task.GetTraits());
    const Eigen::Index carried = steps.GetCarriedTraits();
    for (Eigen::Index column = 0; column < count * paths.n; ++column)
    {
        FollowTrack(steps, paths, column);
        const auto entity = static_cast<Eigen::Index>(m_random.Choose(traits.rows()));
        paths.traits.row(column).tail(carried) = traits.row(entity).tail(carried);
    }
    MakeKinds(paths);
    return paths;
}

void
EntityDraws::MakeKinds(EntitySets& sets)
{
    constexpr uint64_t mostKinds = 3;
    for (int64_t i = 0; i < sets.GetPaths(); ++i)
    {
        if (m_random.Uniform() >= m_settings.alikeShare)
        {
            continue;
        }
        const auto kinds = static_cast<int64_t>(1 + m_random.Choose(mostKinds));
        for (int64_t step = 0; step < sets.steps; ++step)
        {
            const Eigen::Index first = sets.GetRow(step) + i * sets.n;
            for (int64_t k = kinds; k < sets.n; ++k)
            {
                m_task.MakeAlike(sets.traits.row(first + k % kinds), sets.traits.row(first + k));
            }
        }
    }
}

} // namespace agents
