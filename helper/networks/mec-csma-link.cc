/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-csma-link.h"

#include "ns3/csma-helper.h"
#include "ns3/log.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"
#include "ns3/string.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecCsmaLink");

NS_OBJECT_ENSURE_REGISTERED(MecCsmaLink);

TypeId
MecCsmaLink::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MecCsmaLink")
                            .SetParent<MecNetworkLink>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<MecCsmaLink>()
                            .AddAttribute("DataRate",
                                          "Rate of the cable.",
                                          DataRateValue(DataRate("100Mb/s")),
                                          MakeDataRateAccessor(&MecCsmaLink::m_dataRate),
                                          MakeDataRateChecker())
                            .AddAttribute("Delay",
                                          "Delay of the cable, >= 0.",
                                          TimeValue(MicroSeconds(1)),
                                          MakeTimeAccessor(&MecCsmaLink::m_delay),
                                          MakeTimeChecker(Time(0)));
    return tid;
}

MecCsmaLink::MecCsmaLink()
    : m_channel(CreateObject<CsmaChannel>())
{
}

Ptr<CsmaNetDevice>
MecCsmaLink::Install(Ptr<Node> node)
{
    if (m_dataRate.GetBitRate() == 0)
    {
        throw std::runtime_error("MecCsmaLink: DataRate is 0 bit/s, expected more");
    }
    m_channel->SetAttribute("DataRate", DataRateValue(m_dataRate));
    m_channel->SetAttribute("Delay", TimeValue(m_delay));
    CsmaHelper csma;
    // Room for uploads: a sender that is not paced queues a whole one at once.
    csma.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", StringValue("100000p"));
    const auto device = DynamicCast<CsmaNetDevice>(csma.Install(node, m_channel).Get(0));
    m_addresses.Add(device);
    m_devices.push_back(device);
    return device;
}

void
MecCsmaLink::InstallServer(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node->GetId());
    Install(node);
}

void
MecCsmaLink::InstallMlu(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node->GetId());
    const uint32_t mlu = GetMlus() - 1;
    Install(node)->TraceConnectWithoutContext(
        "PhyTxBegin",
        Callback<void, Ptr<const Packet>>([this, mlu](Ptr<const Packet> packet) {
            NoteTransmission(mlu, m_dataRate.CalculateBytesTxTime(packet->GetSize()));
        }));
}

void
MecCsmaLink::SetDevicePowerDbm(uint32_t, double)
{
    // A cable knows no power.
}

int64_t
MecCsmaLink::AssignDeviceStreams(std::size_t device, int64_t stream)
{
    return m_devices[device]->AssignStreams(stream);
}

std::vector<Ptr<const Object>>
MecCsmaLink::GetObjects(uint32_t mlu) const
{
    auto objects = MecNetworkLink::GetObjects(mlu);
    objects.insert(objects.end(), {m_channel, m_devices[0], m_devices[mlu + 1]});
    return objects;
}

void
MecCsmaLink::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_channel = nullptr;
    m_devices.clear();
    MecNetworkLink::DoDispose();
}

} // namespace llmmec
} // namespace ns3
