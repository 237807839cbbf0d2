/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-timeline.h"

#include "ns3/callback.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#include <ostream>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecTimeline");

namespace
{

constexpr double US_A_SECOND = 1e6; //!< times of the format are in us

constexpr int DEVICE_TRACK = 1; //!< steps of the engine
constexpr int FIRST_MLU = 2;    //!< tracks of the MLUs begin here

} // namespace

LlmMecTimeline::LlmMecTimeline(const std::string& path)
    : m_file(path)
{
    NS_LOG_FUNCTION(this << path);
    m_file.GetStream().precision(3);
    m_file.GetStream() << std::fixed << "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[";
}

LlmMecTimeline::~LlmMecTimeline() = default;

void
LlmMecTimeline::AddEngine(std::size_t cell, Ptr<ContinuousBatchingEngine> engine)
{
    NS_LOG_FUNCTION(this << cell << engine);
    Begin(cell, 'M', "process_name", 0) << ",\"args\":{\"name\":\"cell " << cell << "\"}}";
    Begin(cell, 'M', "thread_name", 0)
        << ",\"tid\":" << DEVICE_TRACK << ",\"args\":{\"name\":\"steps of the engine\"}}";
    engine->TraceConnectWithoutContext(
        "Step",
        Callback<void, const TokenStepRecord&>(
            [this, cell](const TokenStepRecord& step) { WriteStep(cell, step); }));
    engine->TraceConnectWithoutContext(
        "Done",
        Callback<void, const TokenRecord&>(
            [this, cell](const TokenRecord& record) { WriteRequest(cell, record); }));
    engine->TraceConnectWithoutContext(
        "Preempt",
        Callback<void, uint64_t, uint32_t>([this, cell](uint64_t id, uint32_t lostTokens) {
            Begin(cell, 'i', "preempted", Simulator::Now().GetSeconds())
                << ",\"tid\":" << DEVICE_TRACK << ",\"s\":\"p\",\"args\":{\"request\":" << id
                << ",\"lostTokens\":" << lostTokens << "}}";
        }));
    for (const char* name : {"Running", "Waiting", "FreeBlocks"})
    {
        engine->TraceConnectWithoutContext(
            name,
            Callback<void, uint32_t, uint32_t>(
                [this, cell, name](uint32_t /* before */, uint32_t now) {
                    WriteCounter(cell, name, now);
                }));
    }
}

void
LlmMecTimeline::AddClient(std::size_t cell, Ptr<MluChatClient> client)
{
    NS_LOG_FUNCTION(this << cell << client);
    const uint32_t track = FIRST_MLU + client->GetIndex();
    Begin(cell, 'M', "thread_name", 0)
        << ",\"tid\":" << track << ",\"args\":{\"name\":\"MLU " << client->GetIndex() << "\"}}";
    client->TraceConnectWithoutContext(
        "Uploaded",
        Callback<void, const OffloadRequest&, const LinkDelivery&>(
            [this, cell, track](const OffloadRequest& request, const LinkDelivery& delivery) {
                const double startS = Simulator::Now().GetSeconds() - delivery.latencyS;
                Begin(cell, 'X', "upload", startS)
                    << ",\"tid\":" << track << ",\"dur\":" << US_A_SECOND * delivery.latencyS
                    << ",\"args\":{\"question\":" << request.taskId << "}}";
            }));
    client->TraceConnectWithoutContext(
        "Answered",
        Callback<void, const LlmRequestOutcome&>(
            [this, cell, track](const LlmRequestOutcome& outcome) {
                const std::string name = outcome.isLost        ? "lost"
                                         : outcome.isCancelled ? "cancelled"
                                         : outcome.isLocal     ? "answered by the device"
                                                               : "answered by the server";
                Begin(cell, 'b', name, outcome.arrivalS)
                    << ",\"tid\":" << track << ",\"cat\":\"question\",\"id\":\"" << cell << '.'
                    << outcome.mlu << '.' << outcome.id << "\"}";
                Begin(cell, 'e', name, outcome.arrivalS + outcome.latencyS)
                    << ",\"tid\":" << track << ",\"cat\":\"question\",\"id\":\"" << cell << '.'
                    << outcome.mlu << '.' << outcome.id
                    << "\",\"args\":{\"promptTokens\":" << outcome.promptTokens
                    << ",\"answerTokens\":" << outcome.answerTokens
                    << ",\"ttftMs\":" << 1e3 * outcome.ttftS << "}}";
            }));
}

std::ostream&
LlmMecTimeline::Begin(std::size_t cell, char phase, const std::string& name, double timeS)
{
    std::ostream& os = m_file.GetStream();
    os << (m_isFirst ? "\n" : ",\n") << "{\"ph\":\"" << phase << "\",\"pid\":" << cell
       << ",\"name\":\"" << name << "\",\"ts\":" << US_A_SECOND * timeS;
    m_isFirst = false;
    return os;
}

void
LlmMecTimeline::WriteStep(std::size_t cell, const TokenStepRecord& step)
{
    Begin(cell, 'X', step.prefillTokens > 0 ? "prefill and decode" : "decode", step.startS)
        << ",\"tid\":" << DEVICE_TRACK << ",\"dur\":" << US_A_SECOND * step.durationS
        << ",\"args\":{\"tokens\":" << step.tokens << ",\"sequences\":" << step.sequences
        << ",\"prefillTokens\":" << step.prefillTokens << ",\"kvTokens\":" << step.kvTokens
        << ",\"energyJ\":" << step.energyJ << "}}";
    m_file.RequireWritable();
}

void
LlmMecTimeline::WriteRequest(std::size_t cell, const TokenRecord& record)
{
    WriteStretch(cell, record.job.id, "queue", record.arrivalS, record.admittedS);
    WriteStretch(cell, record.job.id, "prompt", record.admittedS, record.firstTokenS);
    WriteStretch(cell, record.job.id, "answer", record.firstTokenS, record.doneS);
}

void
LlmMecTimeline::WriteStretch(std::size_t cell,
                             uint64_t id,
                             const std::string& name,
                             double startS,
                             double endS)
{
    Begin(cell, 'b', name, startS)
        << ",\"tid\":0,\"cat\":\"request\",\"id\":\"" << cell << '.' << id << "\"}";
    Begin(cell, 'e', name, endS) << ",\"tid\":0,\"cat\":\"request\",\"id\":\"" << cell << '.' << id
                                 << "\"}";
}

void
LlmMecTimeline::WriteCounter(std::size_t cell, const std::string& name, uint32_t value)
{
    Begin(cell, 'C', name, Simulator::Now().GetSeconds())
        << ",\"args\":{\"value\":" << value << "}}";
}

void
LlmMecTimeline::Finish()
{
    NS_LOG_FUNCTION(this);
    m_file.GetStream() << "\n]}\n";
    m_file.Commit();
}

} // namespace llmmec
} // namespace ns3
