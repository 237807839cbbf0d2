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
#include "ns3/speculative-client.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Writes what happened when as a Chrome trace, a JSON file that https://ui.perfetto.dev and
 * chrome://tracing open: steps of engines, their seats and KV blocks, uploads and answers; of
 * devices that speculate when they draft, upload and wait, and when their server does.
 *
 * Cells are processes; the engine, each request and each MLU have tracks in them. An MLU that
 * speculates has one for each of drafting, uploading and waiting.
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
    /// @param cell index of its cell @param client an MLU that speculates, before the simulation
    /// starts
    void AddSpeculation(std::size_t cell, Ptr<SpeculativeClient> client);

    /// Put the file in its place. @throw std::runtime_error when that fails
    void Finish();

  private:
    /// Begin an event. @param cell its process @param phase its kind @param name its name
    /// @param timeS when, s @return the stream, for more fields
    std::ostream& Begin(std::size_t cell, char phase, const std::string& name, double timeS);

    /// An MLU that speculates
    struct Speculation
    {
        std::optional<double> idleS{}; //!< since when it does not draft, s; none between answers
        uint64_t rounds{0};            //!< verdicts so far
    };

    /// Name a process, once. @param cell it
    void NameCell(std::size_t cell);
    /// Name a track. @param cell its process @param track it @param name its name
    void NameTrack(std::size_t cell, uint32_t track, const std::string& name);
    /// A stretch that others may overlap. @param cell its process @param track its track @param
    /// kind of it @param id number among its kind @param name what it is @param startS when, s
    /// @param endS until when, s
    void WriteStretch(std::size_t cell,
                      uint32_t track,
                      const std::string& kind,
                      const std::string& id,
                      const std::string& name,
                      double startS,
                      double endS);
    /// A stretch that no other on its track overlaps. @param cell its process @param track its
    /// track @param name what it is @param startS when, s @param endS until when, s
    void WriteSpan(std::size_t cell,
                   uint32_t track,
                   const std::string& name,
                   double startS,
                   double endS);
    /// An MLU that speculates has not drafted until now. @param cell its process @param mlu its
    /// index @param endS until when, s
    void WriteWait(std::size_t cell, uint32_t mlu, double endS);
    /// @param cell its process @param round a verdict
    void WriteRound(std::size_t cell, const SpeculativeRound& round);
    /// @param cell its process @param outcome an answer that has ended
    void WriteAnswer(std::size_t cell, const SpeculativeOutcome& outcome);
    /// @param cell its process @param mlu index of an MLU that speculates @param startS when
    /// something of its answer began, s @return the MLU
    Speculation& UseSpeculation(std::size_t cell, uint32_t mlu, double startS);
    /// @param cell its process @param name of the number @param value from now on
    void WriteCounter(std::size_t cell, const std::string& name, uint32_t value);
    /// @param cell its process @param step a step
    void WriteStep(std::size_t cell, const TokenStepRecord& step);
    /// @param cell its process @param record of a request
    void WriteRequest(std::size_t cell, const TokenRecord& record);

    LlmMecOutputFile m_file;       //!< the file
    bool m_isFirst{true};          //!< whether no event was written
    std::set<std::size_t> m_named; //!< cells that have a name
    std::map<std::pair<std::size_t, uint32_t>, Speculation> m_speculations; //!< by cell and MLU
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_TIMELINE_H
