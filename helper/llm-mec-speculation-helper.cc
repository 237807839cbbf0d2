/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-speculation-helper.h"

#include "llm-mec-battery.h"
#include "llm-mec-phone-energy.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mec-batching-pass-engine.h"
#include "ns3/mec-discipline-pass-engine.h"
#include "ns3/mec-socket-link.h"
#include "ns3/mobility-model.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecSpeculationHelper");

namespace
{

constexpr int64_t STREAMS_A_CELL = 1000000; //!< room for every device's own

} // namespace

LlmMecSpeculationHelper::LlmMecSpeculationHelper()
    : m_client(SpeculativeClient::GetTypeId(), "ns3::llmmec::SpeculativeClient"),
      m_acceptance(DraftAcceptance::GetTypeId(), "ns3::llmmec::ConstantAcceptance"),
      m_window(WindowPolicy::GetTypeId(), "ns3::llmmec::FixedWindow"),
      m_engine(PassEngine::GetTypeId(), "ns3::llmmec::BatchingPassEngine"),
      m_deviceEnergy(MakePhoneEnergyFactory()),
      m_serverEnergy(StepEnergyModel::GetTypeId(), "ns3::llmmec::StepEnergyModel")
{
}

void
LlmMecSpeculationHelper::SetDraft(Ptr<StepTimeModel> model)
{
    NS_LOG_FUNCTION(this << model);
    m_draft = model;
}

void
LlmMecSpeculationHelper::SetTarget(Ptr<StepTimeModel> model)
{
    NS_LOG_FUNCTION(this << model);
    m_target = model;
}

void
LlmMecSpeculationHelper::SetPair(std::shared_ptr<const LlmPair> pair)
{
    m_pair = pair;
}

void
LlmMecSpeculationHelper::SetBatteryJ(double batteryJ)
{
    m_batteryJ = batteryJ;
}

void
LlmMecSpeculationHelper::SetPlacement(const LlmMecPlacement& placement)
{
    m_placement = placement;
}

void
LlmMecSpeculationHelper::SetStream(int64_t stream)
{
    m_nextStream = stream;
}

const LlmMecAttributeUse&
LlmMecSpeculationHelper::GetAttributeUse() const
{
    return m_use;
}

LlmMecSpeculationCell
LlmMecSpeculationHelper::InstallCell(uint32_t devices)
{
    NS_LOG_FUNCTION(this << devices);
    for (const Ptr<StepTimeModel>& model : {m_draft, m_target})
    {
        if (model)
        {
            m_use.Note(model);
        }
    }
    for (const char* name : {"SpeculativeClient::Acceptance",
                             "SpeculativeClient::Window",
                             "SpeculativeClient::StepTimeModel",
                             "SpeculativeClient::StepEnergyModel",
                             "SpeculativeServer::Engine",
                             "DisciplinePassEngine::StepTimeModel",
                             "DisciplinePassEngine::StepEnergyModel",
                             "ContinuousBatchingEngine::StepTimeModel",
                             "ContinuousBatchingEngine::StepEnergyModel"})
    {
        m_use.NoteReplaced(std::string("ns3::llmmec::") + name);
    }
    LlmMecSpeculationCell cell;
    cell.link = m_linkFactory.Create(std::nullopt, m_use);
    InstallServer(cell);
    int64_t stream = m_nextStream;
    if (m_nextStream >= 0)
    {
        stream += cell.link->AssignStreams(stream);
        m_nextStream += STREAMS_A_CELL;
    }
    for (uint32_t k = 0; k < devices; ++k)
    {
        AddDevice(cell, devices, stream);
    }
    return cell;
}

Ptr<PassEngine>
LlmMecSpeculationHelper::MakeEngine()
{
    auto engine = m_engine.Create<PassEngine>();
    auto energy = m_serverEnergy.Create<StepEnergyModel>();
    Ptr<Object> modelled = engine;
    if (auto batching = DynamicCast<BatchingPassEngine>(engine))
    {
        modelled = batching->GetEngine();
        modelled->SetAttribute("PipelineDepth", UintegerValue(1));
        m_use.Note(modelled);
    }
    else
    {
        PointerValue discipline;
        engine->GetAttribute("Discipline", discipline);
        m_use.Note(discipline.GetObject());
    }
    if (m_target)
    {
        modelled->SetAttribute("StepTimeModel", PointerValue(m_target));
    }
    modelled->SetAttribute("StepEnergyModel", PointerValue(energy));
    m_use.Note(engine);
    m_use.Note(energy);
    return engine;
}

void
LlmMecSpeculationHelper::InstallServer(LlmMecSpeculationCell& cell)
{
    cell.serverNode = CreateObject<Node>();
    cell.serverNode->AggregateObject(m_placement.PlaceServer(m_cells++));
    cell.server = CreateObject<SpeculativeServer>();
    cell.server->SetAttribute("Engine", PointerValue(MakeEngine()));
    cell.serverNode->AddApplication(cell.server);
    cell.server->Join(cell.link);
    m_use.Note(cell.server);
}

void
LlmMecSpeculationHelper::AddDevice(LlmMecSpeculationCell& cell, uint32_t devices, int64_t& stream)
{
    auto node = CreateObject<Node>();
    const Vector centre = cell.serverNode->GetObject<MobilityModel>()->GetPosition();
    node->AggregateObject(m_placement.DropMlu(centre, stream));
    LlmMecFactory factory = m_client;
    // Packets share the band in their own way.
    const bool hasShares = !DynamicCast<MecSocketLink>(cell.link);
    factory.SetDefault("BandwidthShare", DoubleValue(hasShares ? 1.0 / devices : 0));
    auto client = factory.Create<SpeculativeClient>();
    auto acceptance = m_acceptance.Create<DraftAcceptance>();
    auto window = m_window.Create<WindowPolicy>();
    auto energy = m_deviceEnergy.Create<StepEnergyModel>();
    client->SetAttribute("Acceptance", PointerValue(acceptance));
    client->SetAttribute("Window", PointerValue(window));
    client->SetAttribute("StepEnergyModel", PointerValue(energy));
    if (m_draft)
    {
        client->SetAttribute("StepTimeModel", PointerValue(m_draft));
    }
    node->AddApplication(client);
    client->Join(cell.link, cell.server);
    if (cell.link->GetReadyTime() > Time(0))
    {
        client->SetStartTime(cell.link->GetReadyTime());
    }
    for (const Ptr<const Object>& object :
         cell.link->GetObjects(static_cast<uint32_t>(cell.clients.size())))
    {
        m_use.Note(object);
    }
    if (m_pair)
    {
        client->SetPair(m_pair, cell.clients.size());
    }
    if (m_batteryJ)
    {
        client->SetEnergyModel(InstallBattery(node, *m_batteryJ, m_use));
    }
    if (stream >= 0)
    {
        stream += client->AssignStreams(stream);
    }
    cell.devices.Add(node);
    cell.clients.push_back(client);
    m_use.Note(client);
    m_use.Note(acceptance);
    m_use.Note(window);
    m_use.Note(energy);
}

} // namespace llmmec
} // namespace ns3
