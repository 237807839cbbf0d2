/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-association-cells.h"

#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/log.h"
#include "ns3/mec-batching-pass-engine.h"
#include "ns3/mec-constant-link.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecAssociationCells");

namespace
{

const std::string SLICES = "slices";       //!< a share for each device
const std::string FCFS = "fcfs";           //!< one pass at a time
const std::string BATCHING = "batching";   //!< passes in common steps
const std::string FIXED = "fixed";         //!< the window of the problem
const std::string OPTIMAL = "optimal";     //!< by the closed form
const std::string ESTIMATED = "estimated"; //!< so, of an acceptance that is estimated

constexpr uint32_t PROMPT_TOKENS = 1; //!< the problem has no prompts

/// @param problem of a slot @param server index @param flopPerToken of the target @return times of
/// its passes
Ptr<StepTimeModel>
MakeTarget(const AssociationProblem& problem, Eigen::Index server, double flopPerToken)
{
    constexpr double usPerS = 1e6;
    LlmServing serving;
    serving.device = "server " + std::to_string(server);
    serving.source = "association problem";
    serving.law.weightsUs = usPerS * problem.servers.preVerifyS[server];
    serving.law.gemmUsPerToken = usPerS * flopPerToken / problem.servers.flopPerS[server];
    serving.law.tileTokens = 1;
    serving.flopsPerToken = flopPerToken;
    auto target = CreateObject<CoefficientStepTimeModel>();
    target->SetServing(serving);
    target->SetAttribute("StepOverhead", TimeValue(Seconds(0))); // the problem has none
    return target;
}

/// @param object with an attribute @param name of it @return the object there
Ptr<Object>
GetPart(const Ptr<Object>& object, const std::string& name)
{
    PointerValue part;
    object->GetAttribute(name, part);
    return part.GetObject();
}

/// Give an engine KV blocks for all sequences. @param engine it @param tokens of all answers
/// @param sequences how many
void
ReserveBlocks(const Ptr<ContinuousBatchingEngine>& engine, double tokens, std::size_t sequences)
{
    UintegerValue blockTokens;
    engine->GetAttribute("BlockTokens", blockTokens);
    const double whole = std::ceil(tokens / static_cast<double>(blockTokens.Get()));
    // A prompt and the rest of a block for each sequence, and the block that is never used.
    const double blocks = whole + 2 * static_cast<double>(sequences) + 1;
    engine->SetAttribute("Blocks", UintegerValue(static_cast<uint64_t>(blocks)));
}

} // namespace

std::vector<std::string>
LlmMecAssociationCells::GetDisciplines()
{
    return {SLICES, FCFS, BATCHING};
}

std::vector<std::string>
LlmMecAssociationCells::GetWindows()
{
    return {FIXED, OPTIMAL, ESTIMATED};
}

LlmMecAssociationCells::LlmMecAssociationCells(const std::string& discipline,
                                               const std::string& windows,
                                               double flopPerToken,
                                               double bitsPerDraft)
    : m_discipline(discipline),
      m_windows(windows),
      m_flopPerToken(flopPerToken),
      m_bitsPerDraft(bitsPerDraft)
{
}

const LlmMecAttributeUse&
LlmMecAssociationCells::GetAttributeUse() const
{
    return m_use;
}

std::vector<LlmMecAssociationCells::Group>
LlmMecAssociationCells::MakeGroups(const AssociationProblem& problem,
                                   const AssociationDecision& decision) const
{
    const auto byServer = GroupByServer(decision.server, problem.GetE());
    std::vector<Group> groups;
    for (std::size_t j = 0; j < byServer.size(); ++j)
    {
        std::vector<Eigen::Index> asking;
        std::copy_if(byServer[j].begin(),
                     byServer[j].end(),
                     std::back_inserter(asking),
                     [&problem](Eigen::Index i) { return problem.devices.tokens[i] > 0; });
        const auto server = static_cast<Eigen::Index>(j);
        if (m_discipline != SLICES)
        {
            groups.push_back({server, asking, 1});
            continue;
        }
        for (const Eigen::Index i : asking)
        {
            groups.push_back({server, {i}, decision.computeShare[i]});
        }
    }
    groups.erase(std::remove_if(groups.begin(),
                                groups.end(),
                                [](const Group& group) { return group.devices.empty(); }),
                 groups.end());
    return groups;
}

LlmMecSpeculationHelper
LlmMecAssociationCells::MakeHelper(const AssociationProblem& problem,
                                   const Group& group,
                                   SpeculativeClient::Mode mode) const
{
    LlmMecSpeculationHelper helper;
    helper.SetTarget(MakeTarget(problem, group.server, m_flopPerToken));
    const std::string client = "ns3::llmmec::SpeculativeClient";
    const AssociationDecoding& decoding = problem.decoding;
    helper.SetClient(client,
                     "Mode",
                     EnumValue(mode),
                     "Answers",
                     UintegerValue(1),
                     "BitsPerToken",
                     DoubleValue(m_bitsPerDraft),
                     "HeaderBits",
                     DoubleValue(decoding.windowBits - decoding.window * m_bitsPerDraft));
    if (m_windows == FIXED)
    {
        helper.SetWindow("ns3::llmmec::FixedWindow", "Window", UintegerValue(decoding.window));
    }
    else
    {
        helper.SetWindow(m_windows == OPTIMAL ? "ns3::llmmec::OptimalWindow"
                                              : "ns3::llmmec::EstimatedWindow");
    }
    const std::string engine = "ns3::llmmec::DisciplinePassEngine";
    if (m_discipline == SLICES)
    {
        helper.SetClient(client,
                         "AheadPasses",
                         UintegerValue(std::numeric_limits<uint32_t>::max()));
        helper.SetEngine(engine,
                         "Discipline",
                         StringValue("ns3::llmmec::DedicatedServerDiscipline"),
                         "Share",
                         DoubleValue(group.share));
    }
    else if (m_discipline == FCFS)
    {
        helper.SetEngine(engine,
                         "Discipline",
                         StringValue("ns3::llmmec::FirstComeFirstServedDiscipline"));
    }
    helper.SetLink("ns3::llmmec::MecConstantLink",
                   "DownlinkLatency",
                   TimeValue(Seconds(decoding.downlinkS)));
    return helper;
}

void
LlmMecAssociationCells::SetDevice(const AssociationProblem& problem,
                                  Eigen::Index device,
                                  Ptr<SpeculativeClient> client) const
{
    const AssociationDevices& of = problem.devices;
    client->SetAttribute("DraftTime", TimeValue(Seconds(of.draftTokenS[device])));
    for (const auto& [name, tokens] : {std::pair{"AnswerTokens", of.tokens[device]},
                                       std::pair{"PromptTokens", double{PROMPT_TOKENS}}})
    {
        auto variable = CreateObject<ConstantRandomVariable>();
        variable->SetAttribute("Constant", DoubleValue(tokens));
        client->SetAttribute(name, PointerValue(variable));
    }
    GetPart(client, "Acceptance")->SetAttribute("Rate", DoubleValue(of.acceptance[device]));
    if (m_windows == OPTIMAL)
    {
        // Were all drafts right, no window would be the best.
        constexpr double most = 1 - 1e-9;
        GetPart(client, "Window")
            ->SetAttribute("Acceptance", DoubleValue(std::min(of.acceptance[device], most)));
    }
}

Eigen::ArrayXd
LlmMecAssociationCells::Run(const AssociationProblem& problem,
                            const AssociationDecision& decision,
                            SpeculativeClient::Mode mode,
                            int64_t stream)
{
    NS_LOG_FUNCTION(this << mode << stream);
    Eigen::ArrayXd latencyS = Eigen::ArrayXd::Zero(problem.GetM());
    for (Eigen::Index i = 0; i < problem.GetM(); ++i)
    {
        const int server = decision.server[static_cast<std::size_t>(i)];
        latencyS[i] = server == NO_SERVER ? 0 : problem.servers.waitS[server];
    }
    for (const Group& group : MakeGroups(problem, decision))
    {
        LlmMecSpeculationHelper helper = MakeHelper(problem, group, mode);
        constexpr int64_t streamsPerCell = 1000000; // of LlmMecSpeculationHelper
        helper.SetStream(stream);
        stream += streamsPerCell;
        const LlmMecSpeculationCell cell =
            helper.InstallCell(static_cast<uint32_t>(group.devices.size()));
        const auto link = DynamicCast<MecConstantLink>(cell.link);
        double tokens = 0;
        for (std::size_t k = 0; k < group.devices.size(); ++k)
        {
            const Eigen::Index i = group.devices[k];
            const Ptr<SpeculativeClient> client = cell.clients[k];
            SetDevice(problem, i, client);
            const double bits = problem.decoding.windowBits;
            link->SetUplinkBps(client->GetIndex(),
                               bits / GetUploadDemand(problem, i, group.server, bits, 1)
                                          .GetUpload(decision.bandwidthShare[i])
                                          .timeS);
            client->TraceConnectWithoutContext(
                "Answered",
                Callback<void, const SpeculativeOutcome&>(
                    [&latencyS, i](const SpeculativeOutcome& outcome) {
                        latencyS[i] += outcome.GetLatencyS();
                    }));
            tokens += problem.devices.tokens[i];
        }
        if (const auto batching = DynamicCast<BatchingPassEngine>(cell.server->GetEngine()))
        {
            ReserveBlocks(batching->GetEngine(), tokens, group.devices.size());
        }
        m_use.Add(helper.GetAttributeUse());
    }
    Simulator::Run();
    Simulator::Destroy();
    return latencyS;
}

} // namespace llmmec
} // namespace ns3
