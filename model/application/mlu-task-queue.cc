/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mlu-task-queue.h"

#include "ns3/log.h"

#include <cstddef>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MluTaskQueue");

MluTask&
MluTaskQueue::Add(uint64_t slot)
{
    if (m_tasks.empty())
    {
        m_firstSlot = slot;
    }
    m_tasks.emplace_back();
    return m_tasks.back();
}

MluTask*
MluTaskQueue::Find(uint64_t slot)
{
    // A slot that is gone has a number below the first, which wraps around to a large place.
    const uint64_t place = slot - m_firstSlot;
    const bool isThere = place < m_tasks.size() && !m_tasks[place].isEnded;
    return isThere ? &m_tasks[place] : nullptr;
}

void
MluTaskQueue::End(MluTask& task)
{
    task.isEnded = true;
    while (m_ended < m_tasks.size() && m_tasks[m_ended].isEnded)
    {
        ++m_ended;
    }
    // Forgotten by halves, so that each task is moved about once, however many are under way.
    if (2 * m_ended >= m_tasks.size())
    {
        m_tasks.erase(m_tasks.begin(), m_tasks.begin() + static_cast<std::ptrdiff_t>(m_ended));
        m_firstSlot += m_ended;
        m_ended = 0;
    }
}

std::vector<uint64_t>
MluTaskQueue::GetSlots() const
{
    std::vector<uint64_t> slots;
    for (const MluTask& task : m_tasks)
    {
        if (!task.isEnded)
        {
            slots.push_back(task.outcome.task.slot);
        }
    }
    return slots;
}

void
MluTaskQueue::AddUpload(MluTask& task)
{
    task.isWaiting = true;
    m_uploadSlot = m_uploads == 0 ? task.outcome.task.slot : m_uploadSlot;
    ++m_uploads;
    m_uploadBits += task.GetOffloaded().bits;
}

MluTask*
MluTaskQueue::GetUpload()
{
    return m_uploads == 0 ? nullptr : &m_tasks[m_uploadSlot - m_firstSlot];
}

void
MluTaskQueue::EndUpload()
{
    MluTask& task = *GetUpload();
    task.isWaiting = false;
    --m_uploads;
    if (m_uploads == 0)
    {
        m_uploadBits = 0; // sums of doubles leave a rest
        return;
    }
    m_uploadBits -= task.GetOffloaded().bits;
    while (!m_tasks[m_uploadSlot - m_firstSlot].isWaiting)
    {
        ++m_uploadSlot;
    }
}

void
MluTaskQueue::DropUploads()
{
    m_uploads = 0;
    m_uploadBits = 0;
}

std::size_t
MluTaskQueue::GetUploads() const
{
    return m_uploads;
}

double
MluTaskQueue::GetUploadBits() const
{
    return m_uploadBits;
}

} // namespace llmmec
} // namespace ns3
