/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_BYTE_RANGES_H
#define MEC_BYTE_RANGES_H

#include <cstdint>
#include <map>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Which whole numbers are there, as ranges: bytes of a message, or numbers of messages.
 */
class MecByteRanges
{
  public:
    /// Numbers from begin on, end not included
    struct Range
    {
        uint64_t begin; ///< the first
        uint64_t end;   ///< after the last
    };

    /// Numbers are there from now on. @param range which, begin <= end
    void Add(const Range& range);

    /// @param range which, begin <= end @return whether all of them are there
    bool Has(const Range& range) const;

    /**
     * @param end after the last number that is looked at
     * @return what is missing of 0 to end, in order
     */
    std::vector<Range> GetMissing(uint64_t end) const;

  private:
    std::map<uint64_t, uint64_t> m_ranges; //!< begin to end, apart from each other
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_BYTE_RANGES_H
