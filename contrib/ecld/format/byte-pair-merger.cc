/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "byte-pair-merger.h"

#include <queue>
#include <tuple>
#include <utility>

namespace ecld
{

namespace
{

constexpr int32_t NONE = -1; //!< no neighbour, or a token that is gone

/// A token and its neighbours.
struct Node
{
    int32_t token;    //!< the token, NONE once merged away
    int32_t previous; //!< the node before it
    int32_t next;     //!< the node behind it
};

/// A pair that can be merged.
struct Candidate
{
    int32_t rank;     //!< lower ones go first
    int32_t position; //!< left node
    int32_t left;     //!< its token when this was put down
    int32_t right;    //!< the right one's
    int32_t merged;   //!< what they become
};

/// Puts the lowest rank, and of equal ones the leftmost, on top of std::priority_queue.
struct IsLater
{
    /// @param a a pair @param b another @return whether a goes after b
    bool operator()(const Candidate& a, const Candidate& b) const
    {
        return std::tie(a.rank, a.position) > std::tie(b.rank, b.position);
    }
};

} // namespace

uint64_t
BytePairMerger::GetKey(int32_t left, int32_t right)
{
    return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
}

void
BytePairMerger::Add(int32_t left, int32_t right, int32_t merged)
{
    m_rules[GetKey(left, right)] = {m_count++, merged};
}

const BytePairMerger::Rule*
BytePairMerger::Find(int32_t left, int32_t right) const
{
    const auto it = m_rules.find(GetKey(left, right));
    return it == m_rules.end() ? nullptr : &it->second;
}

void
BytePairMerger::Merge(std::vector<int32_t>& word) const
{
    std::vector<Node> nodes;
    nodes.reserve(word.size());
    for (std::size_t i = 0; i < word.size(); ++i)
    {
        const auto position = static_cast<int32_t>(i);
        nodes.push_back({word[i], position - 1, i + 1 < word.size() ? position + 1 : NONE});
    }
    std::priority_queue<Candidate, std::vector<Candidate>, IsLater> candidates;
    const auto offer = [&](int32_t position) {
        if (position == NONE || nodes[static_cast<std::size_t>(position)].next == NONE)
        {
            return;
        }
        const auto& left = nodes[static_cast<std::size_t>(position)];
        const auto& right = nodes[static_cast<std::size_t>(left.next)];
        if (const auto* rule = Find(left.token, right.token))
        {
            candidates.push({rule->rank, position, left.token, right.token, rule->merged});
        }
    };
    for (std::size_t i = 0; i + 1 < nodes.size(); ++i)
    {
        offer(static_cast<int32_t>(i));
    }
    while (!candidates.empty())
    {
        const auto candidate = candidates.top();
        candidates.pop();
        auto& left = nodes[static_cast<std::size_t>(candidate.position)];
        // One of the two may have been merged with its other neighbour since.
        if (left.token != candidate.left || left.next == NONE ||
            nodes[static_cast<std::size_t>(left.next)].token != candidate.right)
        {
            continue;
        }
        auto& right = nodes[static_cast<std::size_t>(left.next)];
        left.token = candidate.merged;
        left.next = right.next;
        right.token = NONE;
        if (left.next != NONE)
        {
            nodes[static_cast<std::size_t>(left.next)].previous = candidate.position;
        }
        offer(left.previous);
        offer(candidate.position);
    }
    word.clear();
    for (int32_t i = nodes.empty() ? NONE : 0; i != NONE;
         i = nodes[static_cast<std::size_t>(i)].next)
    {
        word.push_back(nodes[static_cast<std::size_t>(i)].token);
    }
}

} // namespace ecld
