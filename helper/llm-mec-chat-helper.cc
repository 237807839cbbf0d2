/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-chat-helper.h"

#include "llm-mec-phone-energy.h"
#include "llm-mec-step-time.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/llm-step-time-compute-model.h"
#include "ns3/log.h"
#include "ns3/mec-continuous-batching-discipline.h"
#include "ns3/mobility-model.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecChatHelper");

namespace
{

constexpr int64_t STREAMS_A_CELL = 1000000; //!< room for every MLU's own

const std::string ENERGY = "ns3::llmmec::StepEnergyModel"; //!< of devices and servers

} // namespace

LlmMecChatHelper::LlmMecChatHelper()
    : m_client(MluChatClient::GetTypeId(), "ns3::llmmec::MluChatClient"),
      m_policy(RequestPolicy::GetTypeId(), "ns3::llmmec::FasterRequestPolicy"),
      m_server(MecServerApplication::GetTypeId(), "ns3::llmmec::MecServerApplication"),
      m_discipline(MecServerDiscipline::GetTypeId(), "ns3::llmmec::ContinuousBatchingDiscipline"),
      m_deviceEnergy(MakePhoneEnergyFactory()),
      m_serverEnergy(StepEnergyModel::GetTypeId(), ENERGY)
{
    // There are no slots, in which silent MLUs could interfere.
    m_linkFactory.link.SetDefault("Interference", StringValue("Active"));
}

void
LlmMecChatHelper::SetServing(Ptr<StepTimeModel> model)
{
    NS_LOG_FUNCTION(this << model);
    m_serving = model;
}

void
LlmMecChatHelper::SetDeviceServing(Ptr<StepTimeModel> model)
{
    NS_LOG_FUNCTION(this << model);
    m_deviceServing = model;
}

void
LlmMecChatHelper::SetPlacement(const LlmMecPlacement& placement)
{
    m_placement = placement;
}

void
LlmMecChatHelper::SetStream(int64_t stream)
{
    m_nextStream = stream;
}

const LlmMecAttributeUse&
LlmMecChatHelper::GetAttributeUse() const
{
    return m_use;
}

LlmMecChatCell
LlmMecChatHelper::InstallCell(uint32_t mlus)
{
    NS_LOG_FUNCTION(this << mlus);
    m_serving = m_serving ? m_serving : MakeStepTimeModel("rtx4090-llama-3.1-8b");
    m_deviceServing =
        m_deviceServing ? m_deviceServing : MakeStepTimeModel("roofline:phone:llama-3.1-8b");
    m_use.Note(m_serving);
    m_use.Note(m_deviceServing);
    for (const char* name : {"MluChatClient::Policy",
                             "MluChatClient::ComputeModel",
                             "MecServerApplication::ComputeModel",
                             "MecServerApplication::Discipline",
                             "ContinuousBatchingEngine::StepTimeModel",
                             "ContinuousBatchingEngine::StepEnergyModel",
                             "StepTimeComputeModel::StepTimeModel",
                             "StepTimeComputeModel::StepEnergyModel"})
    {
        m_use.NoteReplaced(std::string("ns3::llmmec::") + name);
    }

    LlmMecChatCell cell;
    cell.link = m_linkFactory.Create(std::nullopt, m_use);
    InstallServer(cell);
    int64_t stream = m_nextStream;
    if (m_nextStream >= 0)
    {
        stream += cell.link->AssignStreams(stream);
        m_nextStream += STREAMS_A_CELL;
    }
    for (uint32_t k = 0; k < mlus; ++k)
    {
        AddMlu(cell, stream);
    }
    return cell;
}

void
LlmMecChatHelper::InstallServer(LlmMecChatCell& cell)
{
    cell.serverNode = CreateObject<Node>();
    cell.serverNode->AggregateObject(m_placement.PlaceServer(m_cells++));
    if (m_server.HasSet("Discipline") || m_server.HasSet("ComputeModel"))
    {
        throw std::invalid_argument(
            "LlmMecChatHelper: the server's Discipline or ComputeModel was "
            "set by SetServer, expected SetServerDiscipline and SetServing");
    }
    auto discipline = m_discipline.Create<MecServerDiscipline>();
    auto batching = DynamicCast<ContinuousBatchingDiscipline>(discipline);
    if (batching)
    {
        auto energy = m_serverEnergy.Create<StepEnergyModel>();
        batching->GetEngine()->SetAttribute("StepTimeModel", PointerValue(m_serving));
        batching->GetEngine()->SetAttribute("StepEnergyModel", PointerValue(energy));
        m_use.Note(batching->GetEngine());
        m_use.Note(energy);
    }
    LlmMecFactory factory = m_server;
    factory.SetDefault("StreamTokens", BooleanValue(batching != nullptr));
    cell.server = factory.Create<MecServerApplication>();
    cell.server->SetAttribute("ComputeModel", PointerValue(MakeCompute(m_serverEnergy, m_serving)));
    cell.server->SetAttribute("Discipline", PointerValue(discipline));
    cell.serverNode->AddApplication(cell.server);
    cell.server->Join(cell.link);
    m_use.Note(discipline);
    m_use.Note(cell.server);
}

Ptr<ComputeModel>
LlmMecChatHelper::MakeCompute(const LlmMecFactory& energy, Ptr<StepTimeModel> model)
{
    auto compute = CreateObject<StepTimeComputeModel>();
    compute->SetAttribute("StepTimeModel", PointerValue(model));
    auto stepEnergy = energy.Create<StepEnergyModel>();
    compute->SetAttribute("StepEnergyModel", PointerValue(stepEnergy));
    m_use.Note(stepEnergy);
    m_use.Note(compute);
    return compute;
}

void
LlmMecChatHelper::AddMlu(LlmMecChatCell& cell, int64_t& stream)
{
    auto node = CreateObject<Node>();
    const Vector centre = cell.serverNode->GetObject<MobilityModel>()->GetPosition();
    node->AggregateObject(m_placement.DropMlu(centre, stream));
    if (m_client.HasSet("Policy") || m_client.HasSet("ComputeModel"))
    {
        throw std::invalid_argument("LlmMecChatHelper: the client's Policy or ComputeModel was set "
                                    "by SetClient, expected SetPolicy and SetDeviceServing");
    }
    auto policy = m_policy.Create<RequestPolicy>();
    auto client = m_client.Create<MluChatClient>();
    client->SetAttribute("Policy", PointerValue(policy));
    client->SetAttribute("ComputeModel",
                         PointerValue(MakeCompute(m_deviceEnergy, m_deviceServing)));
    node->AddApplication(client);
    client->Join(cell.link, cell.server);
    if (cell.link->GetReadyTime() > Time(0))
    {
        client->SetStartTime(cell.link->GetReadyTime());
    }
    for (const Ptr<const Object>& object : cell.link->GetObjects(cell.mlus.GetN()))
    {
        m_use.Note(object);
    }
    if (stream >= 0)
    {
        stream += client->AssignStreams(stream);
    }
    cell.mlus.Add(node);
    cell.clients.push_back(client);
    m_use.Note(policy);
    m_use.Note(client);
}

} // namespace llmmec
} // namespace ns3
