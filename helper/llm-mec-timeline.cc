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
#include <utility>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecTimeline");

namespace
{

constexpr double US_A_SECOND = 1e6; //!< times of the format are in us

constexpr uint32_t REQUEST_TRACK = 0; //!< requests and passes of the server
constexpr uint32_t DEVICE_TRACK = 1;  //!< steps of the engine
constexpr uint32_t FIRST_MLU = 2;     //!< tracks of the MLUs begin here

/// Tracks of an MLU that speculates
enum Lane : uint32_t
{
    DRAFTING,
    UPLOADING,
    WAITING,
    LANES ///< how many there are
};

/// @param mlu index of an MLU that speculates @param lane of it @return the track
uint32_t
GetTrack(uint32_t mlu, Lane lane)
{
    return FIRST_MLU + mlu * LANES + lane;
}

/// @param cell index of a cell @param mlu index of an MLU in it @param id of something of it
/// @return number that nothing else has
std::string
GetId(std::size_t cell, uint32_t mlu, uint64_t id)
{
    return std::to_string(cell) + '.' + std::to_string(mlu) + '.' + std::to_string(id);
}

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
    NameCell(cell);
    NameTrack(cell, DEVICE_TRACK, "steps of the engine");
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
    NameTrack(cell, track, "MLU " + std::to_string(client->GetIndex()));
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

void
LlmMecTimeline::AddSpeculation(std::size_t cell, Ptr<SpeculativeClient> client)
{
    NS_LOG_FUNCTION(this << cell << client);
    NameCell(cell);
    const uint32_t mlu = client->GetIndex();
    for (const auto& [lane, name] : {std::pair{DRAFTING, "drafting"},
                                     std::pair{UPLOADING, "uploading"},
                                     std::pair{WAITING, "waiting"}})
    {
        NameTrack(cell, GetTrack(mlu, lane), "MLU " + std::to_string(mlu) + ' ' + name);
    }
    client->TraceConnectWithoutContext(
        "Draft",
        Callback<void, uint32_t, double>([this, cell, mlu](uint32_t /* mlu */, double startS) {
            const double nowS = Simulator::Now().GetSeconds();
            UseSpeculation(cell, mlu, startS);
            WriteWait(cell, mlu, startS);
            WriteSpan(cell, GetTrack(mlu, DRAFTING), "draft", startS, nowS);
            UseSpeculation(cell, mlu, startS).idleS = nowS;
        }));
    client->TraceConnectWithoutContext(
        "Uploaded",
        Callback<void, const OffloadRequest&, const LinkDelivery&>(
            [this, cell, mlu](const OffloadRequest& request, const LinkDelivery& delivery) {
                const double nowS = Simulator::Now().GetSeconds();
                const double startS = nowS - delivery.latencyS;
                UseSpeculation(cell, mlu, startS);
                const SpeculativeUpload& upload = *request.speculation;
                const bool isPrompt = upload.request.epoch == 0;
                WriteSpan(cell,
                          GetTrack(mlu, UPLOADING),
                          !upload.window.tokens.empty() ? "window"
                          : isPrompt                    ? "prompt"
                                                        : "restart",
                          startS,
                          nowS);
            }));
    client->TraceConnectWithoutContext(
        "Round",
        Callback<void, const SpeculativeRound&>(
            [this, cell](const SpeculativeRound& round) { WriteRound(cell, round); }));
    client->TraceConnectWithoutContext(
        "Answered",
        Callback<void, const SpeculativeOutcome&>(
            [this, cell](const SpeculativeOutcome& outcome) { WriteAnswer(cell, outcome); }));
}

LlmMecTimeline::Speculation&
LlmMecTimeline::UseSpeculation(std::size_t cell, uint32_t mlu, double startS)
{
    Speculation& speculation = m_speculations[{cell, mlu}];
    speculation.idleS = speculation.idleS.value_or(startS);
    return speculation;
}

void
LlmMecTimeline::WriteWait(std::size_t cell, uint32_t mlu, double endS)
{
    const double idleS = m_speculations[{cell, mlu}].idleS.value_or(endS);
    constexpr double shortest = 1e-9; // of what ns-3's clock tells apart
    if (endS - idleS > shortest)
    {
        WriteSpan(cell, GetTrack(mlu, WAITING), "waits", idleS, endS);
    }
}

void
LlmMecTimeline::WriteRound(std::size_t cell, const SpeculativeRound& round)
{
    Speculation& speculation = UseSpeculation(cell, round.mlu, round.startS);
    WriteStretch(cell,
                 REQUEST_TRACK,
                 "pass",
                 GetId(cell, round.mlu, speculation.rounds++),
                 "MLU " + std::to_string(round.mlu) +
                     (round.drafts > 0 ? " verify" : " next token"),
                 round.endS - round.downlinkS - round.serverS,
                 round.endS - round.downlinkS);
    Begin(cell, 'i', "verdict", round.endS) << ",\"tid\":" << GetTrack(round.mlu, WAITING)
                                            << ",\"s\":\"t\",\"args\":{\"drafts\":" << round.drafts
                                            << ",\"accepted\":" << round.accepted << "}}";
}

void
LlmMecTimeline::WriteAnswer(std::size_t cell, const SpeculativeOutcome& outcome)
{
    WriteWait(cell, outcome.mlu, outcome.doneS);
    m_speculations[{cell, outcome.mlu}].idleS.reset();
    WriteStretch(cell,
                 GetTrack(outcome.mlu, DRAFTING),
                 "question",
                 GetId(cell, outcome.mlu, outcome.id),
                 GetSpeculativeEndName(outcome.end),
                 outcome.arrivalS,
                 outcome.doneS);
    m_file.RequireWritable();
}

void
LlmMecTimeline::NameCell(std::size_t cell)
{
    if (m_named.insert(cell).second)
    {
        Begin(cell, 'M', "process_name", 0) << ",\"args\":{\"name\":\"cell " << cell << "\"}}";
    }
}

void
LlmMecTimeline::NameTrack(std::size_t cell, uint32_t track, const std::string& name)
{
    Begin(cell, 'M', "thread_name", 0)
        << ",\"tid\":" << track << ",\"args\":{\"name\":\"" << name << "\"}}";
}

void
LlmMecTimeline::WriteSpan(std::size_t cell,
                          uint32_t track,
                          const std::string& name,
                          double startS,
                          double endS)
{
    Begin(cell, 'X', name, startS)
        << ",\"tid\":" << track << ",\"dur\":" << US_A_SECOND * (endS - startS) << '}';
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
    const std::string id = std::to_string(cell) + '.' + std::to_string(record.job.id);
    const auto write = [&](const std::string& name, double startS, double endS) {
        WriteStretch(cell, REQUEST_TRACK, "request", id, name, startS, endS);
    };
    write("queue", record.arrivalS, record.admittedS);
    write("prompt", record.admittedS, record.firstTokenS);
    write("answer", record.firstTokenS, record.doneS);
}

void
LlmMecTimeline::WriteStretch(std::size_t cell,
                             uint32_t track,
                             const std::string& kind,
                             const std::string& id,
                             const std::string& name,
                             double startS,
                             double endS)
{
    for (const auto& [phase, timeS] : {std::pair{'b', startS}, std::pair{'e', endS}})
    {
        Begin(cell, phase, name, timeS)
            << ",\"tid\":" << track << ",\"cat\":\"" << kind << "\",\"id\":\"" << id << "\"}";
    }
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
