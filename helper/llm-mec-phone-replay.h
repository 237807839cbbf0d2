/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_PHONE_REPLAY_H
#define LLM_MEC_PHONE_REPLAY_H

#include "llm-mec-chat-helper.h"
#include "llm-mec-request-trace.h"
#include "llm-mec-shared-texts.h"

#include <cstddef>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Has the phones of a cell ask the requests of a trace.
 *
 * @code
 *   chat.SetClient("ns3::llmmec::MluChatClient", "Interval", PointerValue());
 *   LlmMecChatCell cell = chat.InstallCell(10);
 *   LlmMecPhoneReplay replay(cell);
 *   for (const auto& request : ReadRequestTrace("trace.csv", 10))
 *   {
 *       replay.Add(request);
 *   }
 *   Simulator::Run();
 * @endcode
 *
 * A request is asked by the MLU that the trace names. Requests without a name go round: the first
 * to MLU 0, the next to MLU 1. The number of a question is that of the request. What two requests
 * have in common counts across phones, and where a device has answered one of them: see
 * LlmMecSharedTexts.
 */
class LlmMecPhoneReplay
{
  public:
    /// @param cell with at least one MLU; it lives until the simulation ends, as does this object
    explicit LlmMecPhoneReplay(const LlmMecChatCell& cell);

    LlmMecPhoneReplay(const LlmMecPhoneReplay&) = delete;
    LlmMecPhoneReplay& operator=(const LlmMecPhoneReplay&) = delete;

    /**
     * Have a request asked.
     * @param request the request, added before its time has come, and after those that it begins
     * with
     * @throws std::invalid_argument in one line where it is of an MLU that the cell does not have
     */
    void Add(const LlmMecTracedRequest& request);

  private:
    /// Ask a request now. @param request the request @param mlu index of who asks it
    void Ask(const LlmMecTracedRequest& request, uint32_t mlu);

    std::vector<Ptr<MluChatClient>> m_clients; //!< by MLU
    LlmMecSharedTexts m_texts;                 //!< of what was asked
    std::size_t m_next{0};                     //!< MLU that the next request without a name goes to
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_PHONE_REPLAY_H
