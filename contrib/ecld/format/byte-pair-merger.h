/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_BYTE_PAIR_MERGER_H
#define ECLD_BYTE_PAIR_MERGER_H

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace ecld
{

/// @brief Merges neighbouring tokens of a word, the pair of lowest rank first, of equal ones the
/// leftmost (Sennrich et al. 2016).
class BytePairMerger
{
  public:
    /**
     * Add the next merge; a pair that is there already takes the new rank.
     * @param left a token
     * @param right its neighbour
     * @param merged what they become
     */
    void Add(int32_t left, int32_t right, int32_t merged);

    /**
     * @param word tokens of one byte each; replaced by what they merge to. Time grows with
     * n log n, so that one endless word does no harm
     */
    void Merge(std::vector<int32_t>& word) const;

  private:
    /// What a pair becomes.
    struct Rule
    {
        int32_t rank;   //!< lower ones go first
        int32_t merged; //!< the token
    };

    /// @param left a token @param right its neighbour @return the rule, null if there is none
    const Rule* Find(int32_t left, int32_t right) const;

    /// @param left a token @param right its neighbour @return the pair as one number
    static uint64_t GetKey(int32_t left, int32_t right);

    std::unordered_map<uint64_t, Rule> m_rules; //!< by pair
    int32_t m_count{0};                         //!< merges so far
};

} // namespace ecld

#endif // ECLD_BYTE_PAIR_MERGER_H
