/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_COUNT_LIST_H
#define LLM_MEC_COUNT_LIST_H

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * Read whole numbers with commas in between.
 * @param flag name on the command line, for errors
 * @param list the text; none when empty
 * @param most largest number, at most 999,999
 * @return the numbers, each from 1 to most
 * @throw std::invalid_argument in one line
 */
std::vector<uint64_t> ReadCounts(const std::string& flag, const std::string& list, uint64_t most);

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_COUNT_LIST_H
