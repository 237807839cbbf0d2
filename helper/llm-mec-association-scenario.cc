/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-association-scenario.h"

#include "llm-mec-data-folder.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mec-uplink-rate.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecAssociationScenario");

NS_OBJECT_ENSURE_REGISTERED(LlmMecAssociationScenario);

namespace
{

constexpr double THERMAL_DBM_PER_HZ = -174; //!< N0
constexpr double BYTES_A_WEIGHT = 2;        //!< fp16
constexpr double FLOP_A_WEIGHT = 2;         //!< of a token, a multiplication and an addition
constexpr double MOST_PARAMETERS = 1e13;    //!< of a model

/// @param names of devices, with commas @return the devices
std::vector<LlmDevice>
ReadAll(const std::string& names)
{
    std::vector<LlmDevice> devices;
    std::istringstream text(names);
    for (std::string name; std::getline(text, name, ',');)
    {
        devices.push_back(ReadLlmDevice(LlmMecDataFolder::Find("devices", name)));
    }
    if (devices.empty())
    {
        throw std::invalid_argument("association scenario: no device files, expected names with "
                                    "commas");
    }
    return devices;
}

} // namespace

TypeId
LlmMecAssociationScenario::GetTypeId()
{
    using S = LlmMecAssociationScenario;
    const auto share = MakeDoubleChecker<double>(1e-6, 1);
    const auto probability = MakeDoubleChecker<double>(0, 1);
    static TypeId tid =
        TypeId("ns3::llmmec::LlmMecAssociationScenario")
            .SetParent<Object>()
            .SetGroupName("LlmMec")
            .AddConstructor<LlmMecAssociationScenario>()
            .AddAttribute("Devices",
                          "Phones, M.",
                          UintegerValue(30),
                          MakeUintegerAccessor(&S::m_devices),
                          MakeUintegerChecker<uint32_t>(1, 1000))
            .AddAttribute("Servers",
                          "GPU servers, E.",
                          UintegerValue(4),
                          MakeUintegerAccessor(&S::m_servers),
                          MakeUintegerChecker<uint32_t>(1, 100))
            .AddAttribute("BandwidthHz",
                          "W, the band of all servers together, Hz; each has W / E.",
                          DoubleValue(10e6),
                          MakeDoubleAccessor(&S::m_bandwidthHz),
                          MakeDoubleChecker<double>(1, 1e12))
            .AddAttribute("NoiseFigureDb",
                          "Of servers, above -174 dBm/Hz, dB.",
                          DoubleValue(5),
                          MakeDoubleAccessor(&S::m_noiseFigureDb),
                          MakeDoubleChecker<double>(0, 100))
            .AddAttribute("PowerDbm",
                          "Transmit power of a phone, dBm.",
                          StringValue("ns3::UniformRandomVariable[Min=16|Max=24]"),
                          MakePointerAccessor(&S::m_powerDbm),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("DeviceFiles",
                          "Phones, names of data/devices or files, with commas.",
                          StringValue("galaxy-s23,iphone-14,mate-60"),
                          MakeStringAccessor(&S::m_deviceFiles),
                          MakeStringChecker())
            .AddAttribute("ServerFiles",
                          "Servers, names of data/devices or files, with commas.",
                          StringValue("rtx2080,rtx3090,rtx4090"),
                          MakeStringAccessor(&S::m_serverFiles),
                          MakeStringChecker())
            .AddAttribute("DeviceMemoryShare",
                          "Of a phone's memory rate that drafting reaches.",
                          DoubleValue(.6),
                          MakeDoubleAccessor(&S::m_deviceMemoryShare),
                          share)
            .AddAttribute("ServerMemoryShare",
                          "Of a server's memory rate that a pass reaches.",
                          DoubleValue(.7),
                          MakeDoubleAccessor(&S::m_serverMemoryShare),
                          share)
            .AddAttribute("ServerComputeShare",
                          "Of a server's peak rate in 32 bits that a pass reaches.",
                          DoubleValue(.3),
                          MakeDoubleAccessor(&S::m_serverComputeShare),
                          share)
            .AddAttribute("DraftParameters",
                          "Parameters of the draft model.",
                          DoubleValue(137e6),
                          MakeDoubleAccessor(&S::m_draftParameters),
                          MakeDoubleChecker<double>(1, MOST_PARAMETERS))
            .AddAttribute("TargetParameters",
                          "Parameters of the target model.",
                          DoubleValue(1.558e9),
                          MakeDoubleAccessor(&S::m_targetParameters),
                          MakeDoubleChecker<double>(1, MOST_PARAMETERS))
            .AddAttribute("AcceptanceCode",
                          "Probability that a draft of code is right.",
                          DoubleValue(.8),
                          MakeDoubleAccessor(&S::m_acceptanceCode),
                          probability)
            .AddAttribute("AcceptanceSummary",
                          "Probability that a draft of a summary is right.",
                          DoubleValue(.7),
                          MakeDoubleAccessor(&S::m_acceptanceSummary),
                          probability)
            .AddAttribute("AcceptanceChat",
                          "Probability that a draft of chat is right.",
                          DoubleValue(.75),
                          MakeDoubleAccessor(&S::m_acceptanceChat),
                          probability)
            .AddAttribute("AnswerTokens",
                          "Tokens of an answer; rounded down.",
                          StringValue("ns3::UniformRandomVariable[Min=64|Max=257]"),
                          MakePointerAccessor(&S::m_tokens),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("Window",
                          "Drafts of a window.",
                          UintegerValue(8),
                          MakeUintegerAccessor(&S::m_window),
                          MakeUintegerChecker<uint32_t>(1, 1024))
            .AddAttribute("BitsPerDraft",
                          "What goes up for a draft, bits.",
                          DoubleValue(16),
                          MakeDoubleAccessor(&S::m_bitsPerDraft),
                          MakeDoubleChecker<double>(1, 1e9))
            .AddAttribute("HeaderBits",
                          "Header of a window, bits.",
                          DoubleValue(320),
                          MakeDoubleAccessor(&S::m_headerBits),
                          MakeDoubleChecker<double>(0, 1e9))
            .AddAttribute("DownlinkS",
                          "Time of a reply, s.",
                          DoubleValue(2e-3),
                          MakeDoubleAccessor(&S::m_downlinkS),
                          MakeDoubleChecker<double>(0, 1e3))
            .AddAttribute("FullBattery",
                          "What remains of a battery, as a share.",
                          StringValue("ns3::UniformRandomVariable[Min=0.8|Max=1]"),
                          MakePointerAccessor(&S::m_full),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("LowBattery",
                          "What remains of a battery that is low, as a share.",
                          StringValue("ns3::UniformRandomVariable[Min=0.05|Max=0.2]"),
                          MakePointerAccessor(&S::m_low),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("LowBatteryShare",
                          "Probability that a battery is low.",
                          DoubleValue(.5),
                          MakeDoubleAccessor(&S::m_lowShare),
                          probability)
            .AddAttribute("MostQueued",
                          "Largest k, slots that wait at a server; drawn from 0 to this.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&S::m_mostQueued),
                          MakeUintegerChecker<uint32_t>(0, 1000000))
            .AddAttribute("QueuedS",
                          "kappa, time of a slot that waits, s.",
                          DoubleValue(1),
                          MakeDoubleAccessor(&S::m_queuedS),
                          MakeDoubleChecker<double>(0, 1e6))
            .AddAttribute("TaskProbability",
                          "Probability that a phone has a task in a slot.",
                          DoubleValue(1),
                          MakeDoubleAccessor(&S::m_taskProbability),
                          probability)
            .AddAttribute("SyncWeight",
                          "lambda, weight of the synchronisation term, 1/s.",
                          DoubleValue(.01),
                          MakeDoubleAccessor(&S::m_syncWeightPerS),
                          MakeDoubleChecker<double>(1e-12, 1e12))
            .AddAttribute("EnergyWeight",
                          "w, weight of energy over the battery's share, s/J.",
                          DoubleValue(20),
                          MakeDoubleAccessor(&S::m_energyWeight),
                          MakeDoubleChecker<double>(0, 1e12))
            .AddAttribute("TransmitEnergy",
                          "delta^CM, J per MHz and W.",
                          DoubleValue(2.6),
                          MakeDoubleAccessor(&S::m_transmitJPerMhzW),
                          MakeDoubleChecker<double>(0, 1e12))
            .AddAttribute(
                "ComputeEnergy",
                "delta^CP, J/FLOP. Its term w E^CP / B is a constant of P1, far above all "
                "others at 1e-10 and more, so that it is left out by default.",
                DoubleValue(0),
                MakeDoubleAccessor(&S::m_computeJPerFlop),
                MakeDoubleChecker<double>(0, 1));
    return tid;
}

LlmMecAssociationScenario::LlmMecAssociationScenario()
    : m_map(CreateObject<LlmMecAssociationMap>()),
      m_uniform(CreateObject<UniformRandomVariable>())
{
}

int64_t
LlmMecAssociationScenario::AssignStreams(int64_t stream)
{
    int64_t next = stream;
    for (const Ptr<RandomVariableStream>& variable :
         {Ptr<RandomVariableStream>(m_uniform), m_powerDbm, m_tokens, m_full, m_low})
    {
        variable->SetStream(next++);
    }
    next += m_map->AssignStreams(next);
    return next - stream;
}

double
LlmMecAssociationScenario::GetTargetFlopPerToken() const
{
    return FLOP_A_WEIGHT * m_targetParameters;
}

double
LlmMecAssociationScenario::GetSlotS() const
{
    return m_queuedS;
}

Ptr<LlmMecAssociationMap>
LlmMecAssociationScenario::GetMap() const
{
    return m_map;
}

void
LlmMecAssociationScenario::ReadDevices()
{
    if (!m_phones.empty())
    {
        return;
    }
    m_phones = ReadAll(m_deviceFiles);
    m_gpus = ReadAll(m_serverFiles);
    for (const LlmDevice& gpu : m_gpus)
    {
        if (!gpu.fp32Flops)
        {
            throw std::invalid_argument("association scenario: " + gpu.name +
                                        " has no fp32Flops, expected one of each server");
        }
    }
}

AssociationProblem
LlmMecAssociationScenario::Draw()
{
    NS_LOG_FUNCTION(this);
    ReadDevices();
    AssociationProblem problem;
    problem.noiseWPerHz = DbmToWatt(THERMAL_DBM_PER_HZ + m_noiseFigureDb);
    problem.synchronisationWeightPerS = m_syncWeightPerS;
    problem.energyWeight = m_energyWeight;
    problem.transmitJPerMhzW = m_transmitJPerMhzW;
    problem.decoding.window = m_window;
    problem.decoding.windowBits = m_window * m_bitsPerDraft + m_headerBits;
    problem.decoding.downlinkS = m_downlinkS;
    const LlmMecAssociationLinks links = m_map->Draw(m_devices, m_servers);
    problem.gain = links.gain;
    problem.distanceM = links.distanceM;
    DrawDevices(problem);
    DrawServers(problem);
    CheckAssociationProblem(problem);
    return problem;
}

void
LlmMecAssociationScenario::DrawDevices(AssociationProblem& problem)
{
    AssociationDevices& of = problem.devices;
    for (Eigen::ArrayXd* values : {&of.draftTokenS,
                                   &of.acceptance,
                                   &of.tokens,
                                   &of.draftS,
                                   &of.uploadBits,
                                   &of.serverFlop,
                                   &of.draftEnergyJ,
                                   &of.powerW,
                                   &of.battery})
    {
        values->resize(m_devices);
    }
    for (uint32_t i = 0; i < m_devices; ++i)
    {
        const auto kinds = static_cast<uint32_t>(m_phones.size());
        const LlmDevice& phone = m_phones[m_uniform->GetInteger(0, kinds - 1)];
        of.draftTokenS[i] =
            BYTES_A_WEIGHT * m_draftParameters / (m_deviceMemoryShare * phone.memoryBytesPerS);
        DrawTask(of, i);
        of.powerW[i] = DbmToWatt(m_powerDbm->GetValue());
        // Both are drawn, so that LowBatteryShare changes nothing else.
        const double full = m_full->GetValue();
        const double low = m_low->GetValue();
        of.battery[i] = m_uniform->GetValue(0, 1) < m_lowShare ? low : full;
    }
    SetWork(problem);
}

void
LlmMecAssociationScenario::DrawTask(AssociationDevices& devices, Eigen::Index device)
{
    const double acceptances[] = {m_acceptanceCode, m_acceptanceSummary, m_acceptanceChat};
    devices.acceptance[device] = acceptances[m_uniform->GetInteger(0, std::size(acceptances) - 1)];
    devices.tokens[device] = std::floor(m_tokens->GetValue());
}

void
LlmMecAssociationScenario::DrawTasks(AssociationProblem& problem)
{
    NS_LOG_FUNCTION(this);
    for (Eigen::Index i = 0; i < problem.GetM(); ++i)
    {
        DrawTask(problem.devices, i);
    }
    SetWork(problem);
}

void
LlmMecAssociationScenario::DropIdle(AssociationProblem& problem)
{
    for (Eigen::Index i = 0; i < problem.GetM() && m_taskProbability < 1; ++i)
    {
        if (m_uniform->GetValue(0, 1) >= m_taskProbability)
        {
            problem.gain.row(i).setZero();
        }
    }
}

void
LlmMecAssociationScenario::SetWork(AssociationProblem& problem) const
{
    AssociationDevices& of = problem.devices;
    for (Eigen::Index i = 0; i < problem.GetM(); ++i)
    {
        const double cycles = of.tokens[i] / TokensPerCycle(of.acceptance[i], m_window);
        const double drafts = m_window * cycles;
        of.draftS[i] = of.draftTokenS[i] * drafts;
        of.uploadBits[i] = problem.decoding.windowBits * cycles;
        of.serverFlop[i] = FLOP_A_WEIGHT * m_targetParameters * drafts;
        of.draftEnergyJ[i] = m_computeJPerFlop * FLOP_A_WEIGHT * m_draftParameters * drafts;
    }
}

void
LlmMecAssociationScenario::DrawServers(AssociationProblem& problem)
{
    AssociationServers& of = problem.servers;
    of.bandwidthHz = Eigen::ArrayXd::Constant(m_servers, m_bandwidthHz / m_servers);
    of.flopPerS.resize(m_servers);
    of.waitS.resize(m_servers);
    of.verifyS.resize(m_servers);
    of.preVerifyS.resize(m_servers);
    // Kinds in turn, in an order that is drawn (Fisher and Yates).
    std::vector<std::size_t> kinds;
    for (uint32_t j = 0; j < m_servers; ++j)
    {
        kinds.push_back(j % m_gpus.size());
    }
    for (uint32_t j = m_servers; j-- > 1;)
    {
        std::swap(kinds[j], kinds[m_uniform->GetInteger(0, j)]);
    }
    for (uint32_t j = 0; j < m_servers; ++j)
    {
        const LlmDevice& gpu = m_gpus[kinds[j]];
        of.flopPerS[j] = m_serverComputeShare * *gpu.fp32Flops;
        of.waitS[j] = m_queuedS * m_uniform->GetInteger(0, m_mostQueued);
        const double readS =
            BYTES_A_WEIGHT * m_targetParameters / (m_serverMemoryShare * gpu.memoryBytesPerS);
        const double tokenS = GetTargetFlopPerToken() / of.flopPerS[j];
        of.verifyS[j] = std::max(readS, m_window * tokenS);
        of.preVerifyS[j] = std::max(readS, tokenS);
    }
}

} // namespace llmmec
} // namespace ns3
