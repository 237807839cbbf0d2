/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-phone-replay.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecPhoneReplay");

LlmMecPhoneReplay::LlmMecPhoneReplay(const LlmMecChatCell& cell)
    : m_clients(cell.clients)
{
    NS_LOG_FUNCTION(this << m_clients.size());
    for (const auto& client : m_clients)
    {
        client->TraceConnectWithoutContext(
            "Uploaded",
            Callback<void, const OffloadRequest&, const LinkDelivery&>(
                [this](const OffloadRequest& request, const LinkDelivery&) {
                    m_texts.NoteAtServer(request.taskId);
                }));
    }
}

void
LlmMecPhoneReplay::Add(const LlmMecTracedRequest& request)
{
    if (request.mlu.value_or(0) >= m_clients.size())
    {
        throw std::invalid_argument("request " + std::to_string(request.id) +
                                    ", mlu: " + std::to_string(request.mlu.value_or(0)) +
                                    ", expected a number below the " +
                                    std::to_string(m_clients.size()) + " MLUs of the cell");
    }
    const auto mlu = request.mlu.value_or(static_cast<uint32_t>(m_next));
    if (!request.mlu)
    {
        m_next = (m_next + 1) % m_clients.size();
    }
    Simulator::Schedule(Seconds(request.arrivalS) - Simulator::Now(),
                        &LlmMecPhoneReplay::Ask,
                        this,
                        request,
                        mlu);
}

void
LlmMecPhoneReplay::Ask(const LlmMecTracedRequest& request, uint32_t mlu)
{
    NS_LOG_FUNCTION(this << request.id << mlu);
    m_texts.Add(request.id, mlu, request.prefixOf, request.prefixTokens);
    m_clients[mlu]->Ask(request.id,
                        request.promptTokens,
                        request.answerTokens,
                        m_texts.FindKnown(request.id));
}

} // namespace llmmec
} // namespace ns3
