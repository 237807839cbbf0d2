/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_TIMELINE_H
#define LLM_MEC_TIMELINE_H

#include "llm-mec-output-file.h"

#include "ns3/llm-request-outcome.h"
#include "ns3/mec-batching-engine.h"
#include "ns3/mlu-chat-client.h"

#include <cstdint>
#include <memory>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Writes what happened when as a Chrome trace, a JSON file that https://ui.perfetto.dev and
 * chrome://tracing open: steps of engines, their seats and KV blocks, uploads and answers.
 *
 * Cells are processes; the engine, each request and each MLU have tracks in them.
 */
class LlmMecTimeline
{
  public:
    /**
     * @param path of the file
     * @throw std::runtime_error when it cannot be written
     */
    explicit LlmMecTimeline(const std::string& path);
    ~LlmMecTimeline();

    LlmMecTimeline(const LlmMecTimeline&) = delete;
    LlmMecTimeline& operator=(const LlmMecTimeline&) = delete;

    /// @param cell index of its cell @param engine an engine, before the simulation starts
    void AddEngine(std::size_t cell, Ptr<ContinuousBatchingEngine> engine);
    /// @param cell index of its cell @param client an MLU, before the simulation starts
    void AddClient(std::size_t cell, Ptr<MluChatClient> client);

    /// Put the file in its place. @throw std::runtime_error when that fails
    void Finish();

  private:
    /// Begin an event. @param cell its process @param phase its kind @param name its name
    /// @param timeS when, s @return the stream, for more fields
    std::ostream& Begin(std::size_t cell, char phase, const std::string& name, double timeS);
    /// A stretch of a request's track. @param cell its process @param id of the request @param name
    /// what it is @param startS when, s @param endS until when, s
    void WriteStretch(std::size_t cell,
                      uint64_t id,
                      const std::string& name,
                      double startS,
                      double endS);
    /// @param cell its process @param name of the number @param value from now on
    void WriteCounter(std::size_t cell, const std::string& name, uint32_t value);
    /// @param cell its process @param step a step
    void WriteStep(std::size_t cell, const TokenStepRecord& step);
    /// @param cell its process @param record of a request
    void WriteRequest(std::size_t cell, const TokenRecord& record);

    LlmMecOutputFile m_file; //!< the file
    bool m_isFirst{true};    //!< whether no event was written
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_TIMELINE_H
