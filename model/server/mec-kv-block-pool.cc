/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-kv-block-pool.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("KvBlockPool");

std::size_t
KvBlockPool::ContentHash::operator()(const KvContent& content) const
{
    // Finalizer of splitmix64 (public domain, S. Vigna), which spreads neighbouring numbers.
    uint64_t x = content.owner * 0x9e3779b97f4a7c15ULL + content.index;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return static_cast<std::size_t>(x ^ (x >> 31));
}

KvBlockPool::KvBlockPool(uint32_t blocks)
    : m_total(blocks),
      m_free(blocks)
{
    NS_LOG_FUNCTION(this << blocks);
}

uint32_t
KvBlockPool::GetTotal() const
{
    return m_total;
}

uint32_t
KvBlockPool::GetFree() const
{
    return m_free;
}

bool
KvBlockPool::Allocate(uint32_t count, std::vector<Block>& held)
{
    if (count > m_free)
    {
        return false;
    }
    for (uint32_t i = 0; i < count; ++i)
    {
        const Block block = TakeLeastRecent();
        Entry& entry = GetEntry(block);
        if (entry.hasContent)
        {
            m_byContent.erase(entry.content);
            entry.hasContent = false;
        }
        entry.holders = 1;
        held.push_back(block);
    }
    return true;
}

void
KvBlockPool::Release(std::vector<Block>& held)
{
    while (!held.empty())
    {
        const Block block = held.back();
        held.pop_back();
        if (--GetEntry(block).holders == 0)
        {
            Append(block);
        }
    }
}

KvBlockPool::Block
KvBlockPool::TakeLeastRecent()
{
    const auto used = static_cast<Block>(m_entries.size() - 1);
    if (used < m_total)
    {
        m_entries.emplace_back();
        --m_free;
        return used;
    }
    const Block block = m_entries[0].next - 1;
    Unlink(block);
    return block;
}

KvBlockPool::Entry&
KvBlockPool::GetEntry(Block block)
{
    return m_entries[std::size_t{block} + 1];
}

std::optional<KvBlockPool::Block>
KvBlockPool::Find(const KvContent& content) const
{
    const auto found = m_byContent.find(content);
    return found == m_byContent.end() ? std::nullopt : std::optional(found->second);
}

void
KvBlockPool::Share(Block block)
{
    if (GetEntry(block).holders++ == 0)
    {
        Unlink(block);
    }
}

bool
KvBlockPool::IsFree(Block block) const
{
    return m_entries[std::size_t{block} + 1].holders == 0;
}

void
KvBlockPool::SetContent(Block block, const KvContent& content)
{
    Entry& entry = GetEntry(block);
    // Two jobs can compute the same text at the same time; the first block is the one to be found.
    if (!entry.hasContent && m_byContent.emplace(content, block).second)
    {
        entry.hasContent = true;
        entry.content = content;
    }
}

void
KvBlockPool::Append(Block block)
{
    const uint32_t last = m_entries[0].previous;
    const uint32_t place = block + 1;
    m_entries[place].previous = last;
    m_entries[place].next = 0;
    m_entries[last].next = place;
    m_entries[0].previous = place;
    ++m_free;
}

void
KvBlockPool::Unlink(Block block)
{
    const Entry& entry = GetEntry(block);
    m_entries[entry.previous].next = entry.next;
    m_entries[entry.next].previous = entry.previous;
    --m_free;
}

} // namespace llmmec
} // namespace ns3
