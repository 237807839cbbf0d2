/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-uplink-interference.h"

#include "ns3/log.h"
#include "ns3/mec-uplink-rate.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecUplinkInterference");

MecUplinkInterference::MecUplinkInterference(double bandwidthHz, double noiseW)
    : m_bandwidthHz(bandwidthHz),
      m_noiseW(noiseW)
{
}

MecUplinkInterference::SignalId
MecUplinkInterference::Start(int64_t nowNs, double receivedW)
{
    m_signals.push_back({nowNs, receivedW, true});
    ++m_live;
    m_totalW.Add(receivedW);
    NoteTotal(nowNs);
    return m_firstId + m_signals.size() - 1;
}

void
MecUplinkInterference::End(SignalId id, int64_t nowNs)
{
    Signal& ended = m_signals[id - m_firstId];
    ended.isLive = false;
    --m_live;
    m_totalW.Add(-ended.receivedW);
    if (m_live == 0)
    {
        m_totalW = MecExactSum(); // not even its last digit is left
    }
    while (!m_signals.empty() && !m_signals.front().isLive)
    {
        m_signals.pop_front();
        ++m_firstId;
    }
    NoteTotal(nowNs);
}

double
MecUplinkInterference::GetReceivedW() const
{
    return m_totalW.Get();
}

double
MecUplinkInterference::GetOthersW(SignalId id) const
{
    return GetOthersW(Find(id).receivedW, m_totalW);
}

double
MecUplinkInterference::GetWorstRateBps(SignalId id, int64_t fromNs) const
{
    // Either the level at the begin is the largest, or the first maximum that is not older.
    const auto current = std::prev(FindAfter(m_history, fromNs));
    const auto later = FindAfter(m_maxima, fromNs - 1);
    const bool isLater = later != m_maxima.end() && later->totalW > current->totalW;
    return GetRateBps(Find(id).receivedW, isLater ? later->totalW : current->totalW);
}

double
MecUplinkInterference::GetBits(SignalId id, int64_t fromNs, int64_t untilNs) const
{
    constexpr double secondsPerNs = 1e-9;
    const double receivedW = Find(id).receivedW;
    double bits = 0;
    auto level = std::prev(FindAfter(m_history, fromNs));
    for (int64_t ns = fromNs; ns < untilNs; ++level)
    {
        const auto next = std::next(level);
        const int64_t endNs = next == m_history.end() ? untilNs : std::min(next->sinceNs, untilNs);
        bits += GetRateBps(receivedW, level->totalW) * (endNs - ns) * secondsPerNs;
        ns = endNs;
    }
    return bits;
}

const MecUplinkInterference::Signal&
MecUplinkInterference::Find(SignalId id) const
{
    return m_signals[id - m_firstId];
}

double
MecUplinkInterference::GetOthersW(double receivedW, const MecExactSum& totalW)
{
    return std::max(totalW.Without(receivedW), 0.0);
}

double
MecUplinkInterference::GetRateBps(double receivedW, const MecExactSum& totalW) const
{
    return UplinkRateBps(receivedW, GetOthersW(receivedW, totalW), m_bandwidthHz, m_noiseW);
}

std::deque<MecUplinkInterference::Level>::const_iterator
MecUplinkInterference::FindAfter(const std::deque<Level>& levels, int64_t ns)
{
    return std::upper_bound(levels.begin(), levels.end(), ns, [](int64_t time, const Level& level) {
        return time < level.sinceNs;
    });
}

void
MecUplinkInterference::NoteTotal(int64_t nowNs)
{
    const int64_t oldestNs = m_signals.empty() ? nowNs : m_signals.front().startNs;
    while (m_history.size() > 1 && m_history[1].sinceNs <= oldestNs)
    {
        m_history.pop_front();
    }
    while (!m_maxima.empty() && m_maxima.front().sinceNs < oldestNs)
    {
        m_maxima.pop_front();
    }
    if (!m_history.empty() && m_history.back().sinceNs == nowNs)
    {
        m_history.back().totalW = m_totalW;
    }
    else
    {
        m_history.push_back({nowNs, m_totalW});
    }
    // A maximum of this same ns stays: those that it was larger than are gone already.
    while (!m_maxima.empty() && !(m_maxima.back().totalW > m_totalW))
    {
        m_maxima.pop_back();
    }
    m_maxima.push_back({nowNs, m_totalW});
}

} // namespace llmmec
} // namespace ns3
