/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-helper.h"

#include "llm-mec-attribute-default.h"
#include "llm-mec-battery.h"
#include "llm-mec-data-folder.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/llm-device.h"
#include "ns3/llm-step-time-compute-model.h"
#include "ns3/log.h"
#include "ns3/mec-continuous-batching-discipline.h"
#include "ns3/mobility-model.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

#include <initializer_list>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecHelper");

namespace
{

/// Streams of one cell: room for every MLU's own.
constexpr int64_t STREAMS_A_CELL = 1000000;
/// The policy's streams lie at the end of its cell's, since policies use different numbers of them.
constexpr int64_t POLICY_STREAM = 900000;

/// F of the paper's server, cycles/s.
constexpr double SERVER_HZ = 10e9;

const std::string CYCLES = "ns3::llmmec::CycleComputeModel"; //!< by default

} // namespace

LlmMecHelper::LlmMecHelper()
    : m_mlu(MluApplication::GetTypeId(), "ns3::llmmec::MluApplication"),
      m_mluCompute(ComputeModel::GetTypeId(), CYCLES),
      m_quality(QualityModel::GetTypeId(), "ns3::llmmec::ConstantQualityModel"),
      m_server(MecServerApplication::GetTypeId(), "ns3::llmmec::MecServerApplication"),
      m_serverCompute(ComputeModel::GetTypeId(), CYCLES),
      m_serverDiscipline(MecServerDiscipline::GetTypeId(),
                         "ns3::llmmec::DedicatedServerDiscipline"),
      m_controller(OffloadController::GetTypeId(), "ns3::llmmec::OffloadController"),
      m_policy(OffloadPolicy::GetTypeId(), "ns3::llmmec::AlwaysLocalPolicy")
{
    m_serverCompute.Set(CYCLES, "FrequencyHz", DoubleValue(SERVER_HZ));
    SetProfile("llama-3.1-8b-ecld");
}

void
LlmMecHelper::SetProfile(const std::string& profile, const std::string& serverProfile)
{
    NS_LOG_FUNCTION(this << profile << serverProfile);
    m_localProfile = ReadLlmProfile(LlmMecDataFolder::Find("profiles", profile));
    m_serverProfile = serverProfile.empty()
                          ? LlmMecDataFolder::FindOriginal(m_localProfile)
                          : ReadLlmProfile(LlmMecDataFolder::Find("profiles", serverProfile));
}

void
LlmMecHelper::SetDevice(const std::string& device)
{
    NS_LOG_FUNCTION(this << device);
    const std::string path = LlmMecDataFolder::Find("devices", device);
    const LlmDevice found = ReadLlmDevice(path);
    if (!found.maxPowerDbm)
    {
        throw std::runtime_error(path + ": no maxPowerDbm, expected a device that can transmit");
    }
    // Another model of computing, such as a profile's, has no clock to set.
    if (m_mluCompute.GetTypeId() == CycleComputeModel::GetTypeId())
    {
        if (!found.frequencyHz || !found.energyCoefficient)
        {
            throw std::runtime_error(path + ": no " +
                                     (found.frequencyHz ? "energyCoefficient" : "frequencyHz") +
                                     ", expected a device with a clock, or a compute model other "
                                     "than " +
                                     CYCLES);
        }
        SetMluCompute(CYCLES,
                      "FrequencyHz",
                      DoubleValue(*found.frequencyHz),
                      "EnergyCoefficient",
                      DoubleValue(*found.energyCoefficient));
    }
    SetMlu(m_mlu.GetTypeId().GetName(), "MaxPowerDbm", DoubleValue(*found.maxPowerDbm));
}

void
LlmMecHelper::SetServing(Ptr<StepTimeModel> model)
{
    NS_LOG_FUNCTION(this << model);
    m_serving = model;
}

void
LlmMecHelper::SetPlacement(const LlmMecPlacement& placement)
{
    m_placement = placement;
}

void
LlmMecHelper::SetBatteryJ(double batteryJ)
{
    m_batteryJ = batteryJ;
}

void
LlmMecHelper::SetStream(int64_t stream)
{
    m_nextStream = stream;
}

LlmMecCell
LlmMecHelper::InstallCell(uint32_t mlus)
{
    NS_LOG_FUNCTION(this << mlus);
    LlmMecCell cell = CreateCell();
    NodeContainer nodes;
    nodes.Create(mlus);
    AddMlus(cell, nodes);
    return cell;
}

LlmMecCell
LlmMecHelper::InstallCell(const NodeContainer& mlus, Ptr<Node> server)
{
    LlmMecCell cell = CreateCell(server);
    AddMlus(cell, mlus);
    return cell;
}

LlmMecCell
LlmMecHelper::CreateCell(Ptr<Node> server)
{
    NS_LOG_FUNCTION(this << server);
    LlmMecCell cell;
    const Ptr<Node> node = server ? server : CreateObject<Node>();
    if (!node->GetObject<MobilityModel>())
    {
        node->AggregateObject(m_placement.PlaceServer(m_cells));
    }
    ++m_cells;
    const Ptr<MecServerApplication> serverApplication = InstallServer(cell, node);

    cell.controller = m_controller.Create<OffloadController>();
    auto policy = m_policy.Create<OffloadPolicy>();
    cell.controller->SetAttribute("Policy", PointerValue(policy));

    // A slot is a block of the fading.
    TimeValue slot;
    cell.controller->GetAttribute("SlotDuration", slot);
    cell.link = m_linkFactory.Create(slot.Get(), m_use);
    node->AddApplication(cell.controller);
    cell.controller->SetCell(cell.link, serverApplication);
    if (cell.link->GetReadyTime() > Time(0))
    {
        cell.controller->SetStartTime(cell.link->GetReadyTime());
    }
    if (cell.link->HasEndlessEvents())
    {
        StopAfter(cell);
    }
    m_use.Note(cell.controller);
    m_use.Note(policy);

    if (m_nextStream >= 0)
    {
        m_cellStream = m_nextStream;
        cell.controller->AssignStreams(m_nextStream + POLICY_STREAM);
        m_cellStream += cell.link->AssignStreams(m_cellStream);
        m_nextStream += STREAMS_A_CELL;
    }
    return cell;
}

Ptr<MecServerApplication>
LlmMecHelper::InstallServer(LlmMecCell& cell, Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node->GetId());
    auto server = m_server.Create<MecServerApplication>();
    auto compute = m_serverCompute.Create<ComputeModel>();
    auto discipline = m_serverDiscipline.Create<MecServerDiscipline>();
    if (auto batching = DynamicCast<ContinuousBatchingDiscipline>(discipline))
    {
        // The controller tells policies what a lone task costs there, by the same step times.
        compute = CreateObject<StepTimeComputeModel>();
        compute->SetAttribute("StepTimeModel", PointerValue(GetServing()));
        batching->GetEngine()->SetAttribute("StepTimeModel", PointerValue(GetServing()));
        m_use.Note(batching->GetEngine());
        m_use.Note(GetServing());
    }
    compute->SetProfile(m_serverProfile);
    server->SetAttribute("ComputeModel", PointerValue(compute));
    server->SetAttribute("Discipline", PointerValue(discipline));
    node->AddApplication(server);
    cell.servers.Add(node);
    cell.serverApplications.push_back(server);
    for (const Ptr<Object>& object :
         std::initializer_list<Ptr<Object>>{node, server, compute, discipline})
    {
        m_use.Note(object);
    }
    return server;
}

Ptr<StepTimeModel>
LlmMecHelper::GetServing() const
{
    if (m_serving)
    {
        return m_serving;
    }
    if (!m_serverProfile.serving)
    {
        throw std::runtime_error(m_serverProfile.name +
                                 ": no serving, expected a server's profile that has it, or what a "
                                 "step of the server takes (SetServing, --serving)");
    }
    auto model = CreateObject<CoefficientStepTimeModel>();
    model->SetServing(*m_serverProfile.serving);
    return model;
}

void
LlmMecHelper::AddServers(LlmMecCell& cell, const NodeContainer& servers)
{
    NS_LOG_FUNCTION(this << servers.GetN());
    for (auto node = servers.Begin(); node != servers.End(); ++node)
    {
        cell.controller->AddServer(InstallServer(cell, *node));
    }
}

void
LlmMecHelper::AddMlus(LlmMecCell& cell, const NodeContainer& mlus)
{
    NS_LOG_FUNCTION(this << mlus.GetN());
    for (auto node = mlus.Begin(); node != mlus.End(); ++node)
    {
        AddMlu(cell, *node);
    }
}

void
LlmMecHelper::AddMlu(LlmMecCell& cell, Ptr<Node> node)
{
    if (!node->GetObject<MobilityModel>())
    {
        Drop(node, cell);
    }
    auto quality = m_quality.Create<QualityModel>();
    quality->SetProfiles(m_localProfile, m_serverProfile);
    auto compute = m_mluCompute.Create<ComputeModel>();
    compute->SetProfile(m_localProfile);
    LlmMecFactory factory = m_mlu;
    if (m_localProfile.promptTokensPerQuery && m_localProfile.generatedTokensPerQuery)
    {
        factory.SetDefault("GeneratedPerPromptToken",
                           DoubleValue(*m_localProfile.generatedTokensPerQuery /
                                       *m_localProfile.promptTokensPerQuery));
    }
    auto mlu = factory.Create<MluApplication>();
    mlu->SetAttribute("ComputeModel", PointerValue(compute));
    mlu->SetAttribute("QualityModel", PointerValue(quality));
    node->AddApplication(mlu);
    if (m_batteryJ)
    {
        mlu->SetEnergyModel(InstallBattery(node, *m_batteryJ, m_use));
        // A battery has events without end.
        StopAfter(cell);
    }
    if (m_cellStream >= 0)
    {
        m_cellStream += mlu->AssignStreams(m_cellStream);
    }
    PointerValue bits;
    mlu->GetAttribute("TaskBits", bits);
    for (const Ptr<Object>& object :
         std::initializer_list<Ptr<Object>>{node, mlu, compute, quality, bits.GetObject()})
    {
        m_use.Note(object);
    }
    cell.controller->AddMlu(mlu);
    for (const Ptr<const Object>& object : cell.link->GetObjects(cell.mlus.GetN()))
    {
        m_use.Note(object);
    }
    cell.mlus.Add(node);
    cell.mluApplications.push_back(mlu);
}

void
LlmMecHelper::Drop(Ptr<Node> node, const LlmMecCell& cell)
{
    NS_LOG_FUNCTION(this << node->GetId());
    const Vector centre = cell.servers.Get(0)->GetObject<MobilityModel>()->GetPosition();
    const Ptr<MobilityModel> mobility = m_placement.DropMlu(centre, m_cellStream);
    if (m_placement.HasMovement())
    {
        StopAfter(cell);
    }
    node->AggregateObject(mobility);
    m_use.Note(mobility);
}

void
LlmMecHelper::StopAfter(const LlmMecCell& cell) const
{
    if (!m_controller.HasSet("StopSimulation") &&
        !LlmMecAttributeDefault::GetSet("ns3::llmmec::OffloadController::StopSimulation"))
    {
        cell.controller->SetAttribute("StopSimulation", BooleanValue(true));
    }
}

const LlmMecAttributeUse&
LlmMecHelper::GetAttributeUse() const
{
    return m_use;
}

} // namespace llmmec
} // namespace ns3
