/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "speculative-server.h"

#include "ns3/log.h"
#include "ns3/offload-clock.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("SpeculativeServer");

NS_OBJECT_ENSURE_REGISTERED(SpeculativeServer);

TypeId
SpeculativeServer::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::SpeculativeServer")
            .SetParent<Application>()
            .SetGroupName("LlmMec")
            .AddConstructor<SpeculativeServer>()
            .AddAttribute("Engine",
                          "What computes passes of the target model.",
                          StringValue("ns3::llmmec::BatchingPassEngine"),
                          MakePointerAccessor(&SpeculativeServer::m_engine),
                          MakePointerChecker<PassEngine>())
            .AddTraceSource("Verdict",
                            "A verdict goes back.",
                            MakeTraceSourceAccessor(&SpeculativeServer::m_verdictTrace),
                            "ns3::llmmec::SpeculativeServer::VerdictTracedCallback");
    return tid;
}

void
SpeculativeServer::Join(Ptr<MecLink> link)
{
    NS_LOG_FUNCTION(this << link << GetNode()->GetId());
    m_link = link;
    m_index = link->AddServer(GetNode(), *this);
}

uint32_t
SpeculativeServer::GetIndex() const
{
    return m_index;
}

Ptr<PassEngine>
SpeculativeServer::GetEngine() const
{
    return m_engine;
}

std::size_t
SpeculativeServer::GetAnswers() const
{
    return m_sessions.size();
}

uint64_t
SpeculativeServer::GetKey(uint32_t mlu, uint64_t id)
{
    constexpr int idBits = 32;
    if (id >> idBits != 0)
    {
        throw std::invalid_argument("answer " + std::to_string(id) + " of MLU " +
                                    std::to_string(mlu) + ": expected a number below 2^32");
    }
    return (uint64_t{mlu} << idBits) | id;
}

void
SpeculativeServer::Expect(uint32_t mlu, uint64_t id, const VerifiedAnswer& answer)
{
    NS_LOG_FUNCTION(this << mlu << id << answer.promptTokens << answer.target.size());
    const uint64_t key = GetKey(mlu, id);
    m_engine->SetDoneCallback(MakeCallback(&SpeculativeServer::Done, this));
    TokenJob longest;
    longest.id = key;
    longest.promptTokens = answer.promptTokens;
    longest.outputTokens = static_cast<uint32_t>(answer.target.size());
    try
    {
        m_engine->Open(longest);
    }
    catch (const std::invalid_argument& error)
    {
        // The engine knows the number, and the user the MLU and its answer.
        const std::string number = "request " + std::to_string(key);
        const std::string text = error.what();
        throw std::invalid_argument(text.compare(0, number.size(), number) != 0
                                        ? text
                                        : "answer " + std::to_string(id) + " of MLU " +
                                              std::to_string(mlu) + text.substr(number.size()));
    }
    const SpeculativeVerifier verifier(answer.mode, answer.aheadPasses, answer.target);
    m_sessions.emplace(key, Session{verifier, {}, {}, answer.promptTokens, {}, 0, {}});
}

void
SpeculativeServer::ReceiveRequest(const OffloadRequest& request, const LinkDelivery& delivery)
{
    NS_LOG_FUNCTION(this << request.mlu << request.taskId << request.work.bits);
    const uint64_t key = GetKey(request.mlu, request.taskId);
    const auto found = m_sessions.find(key);
    if (found == m_sessions.end() || !request.speculation)
    {
        NS_LOG_LOGIC("a message is dropped, answer " << request.taskId << " of MLU " << request.mlu
                                                     << " has ended");
        return;
    }
    Session& session = found->second;
    session.request = request;
    session.request.speculation.reset();
    session.upload = delivery;
    session.verifier.Add(*request.speculation);
    const DraftWindow& window = request.speculation->window;
    if (!window.tokens.empty())
    {
        session.arrivalsS[window.first + window.tokens.size()] = NowS();
    }
    Act(key, session);
}

void
SpeculativeServer::Act(uint64_t key, Session& session)
{
    if (session.verifier.WantsWithdrawal() && m_engine->Withdraw(key))
    {
        NS_LOG_LOGIC("a pass ahead is given up, a window of answer " << key << " is here");
        session.verifier.WithdrawPass();
    }
    if (const auto pass = session.verifier.TakePass())
    {
        const auto arrival = session.arrivalsS.find(pass->tokens);
        const bool isWindow = !pass->isPre && arrival != session.arrivalsS.end();
        session.askedS = isWindow ? arrival->second : NowS();
        m_engine->Compute(session.promptTokens + pass->rightTokens,
                          {key, session.promptTokens + pass->tokens, pass->rows});
    }
}

void
SpeculativeServer::Done(const PassRecord& record)
{
    const auto found = m_sessions.find(record.id);
    if (found == m_sessions.end())
    {
        return;
    }
    Session& session = found->second;
    ++session.work.passes;
    session.work.energyJ += record.energyJ;
    const auto verdict = session.verifier.EndPass();
    const double latencyS = NowS() - session.askedS;
    OffloadAnswer answer{session.request, session.upload, latencyS, false, {}, verdict};
    // The next pass begins at once; the verdict may end the answer where it arrives at once.
    Act(record.id, session);
    if (!verdict)
    {
        return;
    }
    NS_LOG_LOGIC("answer " << answer.request.taskId << " of MLU " << answer.request.mlu << ": "
                           << verdict->known << " tokens are known");
    m_verdictTrace(answer);
    m_link->SendAnswer(answer);
}

SpeculativeWork
SpeculativeServer::Close(uint32_t mlu, uint64_t id)
{
    NS_LOG_FUNCTION(this << mlu << id);
    const uint64_t key = GetKey(mlu, id);
    const auto found = m_sessions.find(key);
    if (found == m_sessions.end())
    {
        return {};
    }
    SpeculativeWork work = found->second.work;
    m_sessions.erase(found);
    work.energyJ += m_engine->Close(key);
    return work;
}

void
SpeculativeServer::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_sessions.clear();
    if (m_engine)
    {
        m_engine->Dispose();
    }
    m_engine = nullptr;
    m_link = nullptr;
    Application::DoDispose();
}

} // namespace llmmec
} // namespace ns3
