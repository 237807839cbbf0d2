/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-reorder-buffer.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecReorderBuffer");

bool
MecReorderBuffer::PassNext(const MecUplinkBurst& burst)
{
    const bool isNext = m_held.empty() && burst.sequence == m_next;
    m_next += isNext ? 1 : 0;
    return isNext;
}

std::vector<Ptr<MecUplinkBurst>>
MecReorderBuffer::Insert(Ptr<MecUplinkBurst> burst)
{
    if (burst->sequence < m_next)
    {
        return {burst};
    }
    m_held[burst->sequence] = burst;
    if (burst->firstSequence <= m_next)
    {
        return TakeReady();
    }
    NS_LOG_LOGIC("MLU " << burst->mlu << " has given up what was before burst "
                        << burst->firstSequence);
    // What the sender has given up leaves gaps that nothing will fill.
    std::vector<Ptr<MecUplinkBurst>> ready;
    while (!m_held.empty() && m_held.begin()->first < burst->firstSequence)
    {
        ready.push_back(m_held.begin()->second);
        m_held.erase(m_held.begin());
    }
    m_next = burst->firstSequence;
    for (const Ptr<MecUplinkBurst>& next : TakeReady())
    {
        ready.push_back(next);
    }
    return ready;
}

std::vector<Ptr<MecUplinkBurst>>
MecReorderBuffer::SkipGap()
{
    if (!m_held.empty())
    {
        m_next = m_held.begin()->first;
    }
    return TakeReady();
}

std::vector<Ptr<MecUplinkBurst>>
MecReorderBuffer::TakeReady()
{
    std::vector<Ptr<MecUplinkBurst>> ready;
    while (!m_held.empty() && m_held.begin()->first == m_next)
    {
        ready.push_back(m_held.begin()->second);
        m_held.erase(m_held.begin());
        ++m_next;
    }
    return ready;
}

bool
MecReorderBuffer::HasGap() const
{
    return !m_held.empty();
}

uint32_t
MecReorderBuffer::GetHeldFrames() const
{
    uint32_t frames = 0;
    for (const auto& [sequence, burst] : m_held)
    {
        frames += static_cast<uint32_t>(burst->frames.size());
    }
    return frames;
}

} // namespace llmmec
} // namespace ns3
