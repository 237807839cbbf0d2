/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_REQUEST_TRACE_H
#define LLM_MEC_REQUEST_TRACE_H

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A request of a trace file.
 */
struct LlmMecTracedRequest
{
    uint32_t id{0};                   ///< number, unlike that of any other request
    double arrivalS{0};               ///< when it is asked, s, >= 0
    uint32_t promptTokens{0};         ///< tokens of the prompt, >= 1
    uint32_t answerTokens{0};         ///< tokens of the answer, >= 1
    std::optional<uint32_t> prefixOf; ///< id of an earlier request whose text it begins with
    uint32_t prefixTokens{0};         ///< how many tokens are the same, <= promptTokens
    std::optional<uint32_t> mlu;      ///< index of the MLU that asks it, where the trace says
};

/**
 * @ingroup llm-mec
 * @brief Read a trace of requests.
 *
 * It is CSV with a line of names, of which `id`, `arrivalS`, `promptTokens` and `generatedTokens`
 * are needed, and `prefixOf` and `prefixTokens` may be there, both of them. With MLUs to ask them,
 * `mlu` may be there, too. Other columns are passed over. Fields have no quotes. Arrivals are in
 * order.
 * @param path the file, at most 1 GiB
 * @param mlus number of MLUs that may ask, >= 1; without it `mlu` is passed over
 * @return the requests, at least one
 * @throw std::runtime_error in one line that names file, line, column, what is there and what was
 * expected
 */
std::vector<LlmMecTracedRequest> ReadRequestTrace(const std::string& path,
                                                  std::optional<uint32_t> mlus = std::nullopt);

/**
 * @ingroup llm-mec
 * Read a trace of requests, see ReadRequestTrace.
 * @param is the trace
 * @param name what messages call it
 * @param mlus number of MLUs that may ask, >= 1; without it `mlu` is passed over
 * @return the requests, at least one
 * @throw std::runtime_error in one line, as ReadRequestTrace
 */
std::vector<LlmMecTracedRequest> ParseRequestTrace(std::istream& is,
                                                   const std::string& name,
                                                   std::optional<uint32_t> mlus = std::nullopt);

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_REQUEST_TRACE_H
