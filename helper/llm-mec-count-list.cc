/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-count-list.h"

#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

std::vector<uint64_t>
ReadCounts(const std::string& flag, const std::string& list, uint64_t most)
{
    std::vector<uint64_t> numbers;
    std::istringstream in(list);
    for (std::string each; std::getline(in, each, ',');)
    {
        const bool isNumber = !each.empty() && each.size() <= 6 &&
                              each.find_first_not_of("0123456789") == std::string::npos;
        const uint64_t number = isNumber ? std::stoull(each) : 0;
        if (number < 1 || number > most)
        {
            throw std::invalid_argument("--" + flag + "=" + list + ": \"" + each +
                                        "\", expected whole numbers from 1 to " +
                                        std::to_string(most) + " with commas");
        }
        numbers.push_back(number);
    }
    return numbers;
}

} // namespace llmmec
} // namespace ns3
