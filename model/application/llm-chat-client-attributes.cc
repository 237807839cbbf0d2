/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-client.h"

#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatClientAttributes");

NS_OBJECT_ENSURE_REGISTERED(LlmChatClient);

TypeId
LlmChatClient::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::LlmChatClient")
            .SetParent<LlmChatApplication>()
            .SetGroupName("LlmMec")
            .AddConstructor<LlmChatClient>()
            .AddAttribute("Remote",
                          "Address and port of the server.",
                          AddressValue(),
                          MakeAddressAccessor(&LlmChatClient::m_remote),
                          MakeAddressChecker())
            .AddAttribute("PromptTokens",
                          "Tokens that a turn adds to the prompt, rounded up, at least 1.",
                          StringValue("ns3::ExponentialRandomVariable[Mean=256|Bound=2048]"),
                          MakePointerAccessor(&LlmChatClient::m_promptTokens),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("AnswerTokens",
                          "Tokens of an answer, rounded up, at least 1.",
                          StringValue("ns3::ExponentialRandomVariable[Mean=256|Bound=2048]"),
                          MakePointerAccessor(&LlmChatClient::m_answerTokens),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("Turns",
                          "Turns of a conversation, rounded up, at least 1; null: there are no "
                          "conversations, only questions from outside.",
                          StringValue("ns3::ExponentialRandomVariable[Mean=3|Bound=20]"),
                          MakePointerAccessor(&LlmChatClient::m_turns),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("ThinkTime",
                          "Time from the end of a turn to the next prompt, s, at least 1e-9.",
                          StringValue("ns3::ExponentialRandomVariable[Mean=10]"),
                          MakePointerAccessor(&LlmChatClient::m_thinkTime),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("ConversationGap",
                          "Time from the end of a conversation to the next, s, at least 1e-9; "
                          "null: there is only one.",
                          StringValue("ns3::ExponentialRandomVariable[Mean=60]"),
                          MakePointerAccessor(&LlmChatClient::m_gap),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("Patience",
                          "How long a user waits for the first token before cancelling, s, at "
                          "least 1e-9; null: for ever.",
                          PointerValue(),
                          MakePointerAccessor(&LlmChatClient::m_patience),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("ReadTokens",
                          "Tokens of an answer after which a user has read enough and cancels, "
                          "rounded up, at least 1; null: all are read.",
                          PointerValue(),
                          MakePointerAccessor(&LlmChatClient::m_readTokens),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("PromptBytesPerToken",
                          "Bytes that a token of a prompt is sent with; the default is four "
                          "characters.",
                          UintegerValue(4),
                          MakeUintegerAccessor(&LlmChatClient::m_promptTokenBytes),
                          MakeUintegerChecker<uint32_t>(1, 65535))
            .AddAttribute("AnswerBytesPerToken",
                          "Bytes that a token of an answer is sent with; the default is a chunk "
                          "of the chat API that most servers offer: an event of JSON for each "
                          "token.",
                          UintegerValue(223),
                          MakeUintegerAccessor(&LlmChatClient::m_answerTokenBytes),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("Timeout",
                          "A turn fails when nothing of its answer has come for so long, > 0.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&LlmChatClient::m_timeout),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("ReorderTimeout",
                          "A turn fails when tokens are missing so long after the last token of "
                          "its answer has come, > 0; over streams none is missing then.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&LlmChatClient::m_reorderTimeout),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("StallTime",
                          "A longer gap between tokens counts as a stall, >= 0; the default is "
                          "reading at five tokens a second.",
                          TimeValue(MilliSeconds(200)),
                          MakeTimeAccessor(&LlmChatClient::m_stallTime),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("PacingRate",
                          "Rate at which the datagrams of a prompt are sent; 0 for all at once, "
                          "which needs queues below that hold them. Streams have none.",
                          DataRateValue(DataRate("1Mbps")),
                          MakeDataRateAccessor(&LlmChatClient::m_pacing),
                          MakeDataRateChecker())
            .AddTraceSource("TurnStarted",
                            "A turn was asked.",
                            MakeTraceSourceAccessor(&LlmChatClient::m_startedTrace),
                            "ns3::llmmec::LlmChatClient::TurnTracedCallback")
            .AddTraceSource("TurnEnded",
                            "A turn was completed, cancelled, or has failed.",
                            MakeTraceSourceAccessor(&LlmChatClient::m_endedTrace),
                            "ns3::llmmec::LlmChatClient::TurnTracedCallback")
            .AddTraceSource("Tokens",
                            "Tokens of an open turn are here.",
                            MakeTraceSourceAccessor(&LlmChatClient::m_tokensTrace),
                            "ns3::llmmec::LlmChatClient::TokensTracedCallback")
            .AddTraceSource("Ttft",
                            "Time to first token: from the prompt, with connecting.",
                            MakeTraceSourceAccessor(&LlmChatClient::m_ttftTrace),
                            "ns3::Time::TracedCallback")
            .AddTraceSource("Tpot",
                            "Time per output token after the first, of a turn that has ended.",
                            MakeTraceSourceAccessor(&LlmChatClient::m_tpotTrace),
                            "ns3::Time::TracedCallback")
            .AddTraceSource("Stall",
                            "A gap between tokens that was longer than StallTime is over.",
                            MakeTraceSourceAccessor(&LlmChatClient::m_stallTrace),
                            "ns3::Time::TracedCallback");
    return tid;
}

void
LlmChatClient::CheckRemote() const
{
    if (m_remote.IsInvalid())
    {
        throw std::runtime_error("LlmChatClient of node " + std::to_string(GetNode()->GetId()) +
                                 ": Remote has nothing, expected address and port of an "
                                 "LlmChatServer");
    }
}

void
LlmChatClient::CheckTokenBytes() const
{
    const uint32_t room = GetPacketBytes() - LlmChatHeader::BYTES;
    if (m_answerTokenBytes > room)
    {
        throw std::runtime_error("LlmChatClient of node " + std::to_string(GetNode()->GetId()) +
                                 ": AnswerBytesPerToken is " + std::to_string(m_answerTokenBytes) +
                                 ", expected at most the " + std::to_string(room) +
                                 " that PacketSize leaves of a datagram");
    }
}

int64_t
LlmChatClient::AssignStreams(int64_t stream)
{
    const int64_t first = stream;
    for (const auto& variable :
         {m_promptTokens, m_answerTokens, m_turns, m_thinkTime, m_gap, m_patience, m_readTokens})
    {
        if (variable)
        {
            variable->SetStream(stream);
        }
        ++stream;
    }
    return stream - first;
}

} // namespace llmmec
} // namespace ns3
