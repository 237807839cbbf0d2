/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/llm-mec-request-trace.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

constexpr uint32_t MLUS = 4; //!< that may ask

/// @param requests what was read @return whether every member is within its range
bool
IsGood(const std::vector<ns3::llmmec::LlmMecTracedRequest>& requests)
{
    bool good = !requests.empty();
    double earliestS = 0;
    std::set<uint32_t> ids;
    for (const auto& request : requests)
    {
        good = good && request.arrivalS >= earliestS && request.arrivalS <= 9e9 &&
               request.promptTokens > 0 && request.answerTokens > 0 &&
               request.prefixTokens <= request.promptTokens &&
               (!request.prefixOf || ids.count(*request.prefixOf) == 1) &&
               (request.prefixOf || request.prefixTokens == 0) && ids.insert(request.id).second &&
               request.mlu.value_or(0) < MLUS;
        earliestS = request.arrivalS;
    }
    return good;
}

} // namespace

/**
 * libFuzzer's entry: whatever the bytes, the reader of traces gives what is within its ranges or a
 * std::runtime_error of one short line.
 * @param data bytes of the trace
 * @param size number of bytes
 * @return 0, as libFuzzer asks
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    std::istringstream is(std::string(reinterpret_cast<const char*>(data), size));
    try
    {
        if (!IsGood(ns3::llmmec::ParseRequestTrace(is, "fuzz", MLUS)))
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
