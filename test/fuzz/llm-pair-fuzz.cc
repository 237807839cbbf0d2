/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/llm-pair.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace
{

/// @param pair what was read @return whether every member is within its range
bool
IsGood(const ns3::llmmec::LlmPair& pair)
{
    bool good = pair.version == 1 && !pair.name.empty() && !pair.source.empty() &&
                !pair.draft.name.empty() && !pair.target.name.empty() && !pair.queries.empty() &&
                pair.vocabularySize > 0 && pair.temperature.value_or(1) > 0;
    for (const auto& query : pair.queries)
    {
        const std::size_t size = query.target.size();
        good = good && query.promptTokens > 0 && size > 0 && query.draft.size() == size &&
               query.acceptance.size() == (pair.temperature ? size : 0);
        for (std::size_t i = 0; good && i < size; ++i)
        {
            good = query.target[i] < pair.vocabularySize && query.draft[i] < pair.vocabularySize &&
                   (!pair.temperature || (query.acceptance[i] >= 0 && query.acceptance[i] <= 1));
        }
    }
    return good;
}

} // namespace

/**
 * libFuzzer's entry: whatever the bytes, the reader gives a pair within its ranges or a
 * std::runtime_error of one short line. Any other exception ends the program, which libFuzzer
 * reports.
 * @param data bytes of the document
 * @param size number of bytes
 * @return 0, as libFuzzer asks
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char*>(data), size);
    try
    {
        if (!IsGood(ns3::llmmec::ParseLlmPair(text, "fuzz")))
        {
            std::abort();
        }
    }
    catch (const std::runtime_error& e)
    {
        const std::string what = e.what();
        if (what.rfind("fuzz: ", 0) != 0 || what.size() > 1000 ||
            what.find_first_of("\n\r") != std::string::npos)
        {
            std::abort();
        }
    }
    return 0;
}
