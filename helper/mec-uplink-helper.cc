/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-uplink-helper.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mac48-address.h"
#include "ns3/net-device-queue-interface.h"
#include "ns3/packet.h"
#include "ns3/pointer.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecUplinkHelper");

namespace
{

/// Exponent of the path loss (17).
constexpr double FREE_SPACE_EXPONENT = 2;
/// Loss at 1 m, dB: g_0 is -30 dB.
constexpr double REFERENCE_LOSS_DB = 30;

} // namespace

MecUplinkHelper::MecUplinkHelper()
    : m_band(MecUplinkBand::GetTypeId(), "ns3::llmmec::MecUplinkBand"),
      m_mlu(MecMluNetDevice::GetTypeId(), "ns3::llmmec::MecMluNetDevice"),
      m_server(MecServerNetDevice::GetTypeId(), "ns3::llmmec::MecServerNetDevice"),
      m_phy(MecUplinkPhy::GetTypeId(), "ns3::llmmec::MecUplinkPhy"),
      m_mac(MecUplinkMac::GetTypeId(), "ns3::llmmec::MecUplinkMac"),
      m_receiver(MecUplinkReceiver::GetTypeId(), "ns3::llmmec::MecUplinkReceiver"),
      m_queue(Queue<Packet>::GetTypeId(), "ns3::DropTailQueue<Packet>")
{
}

void
MecUplinkHelper::SetPathLoss(Ptr<PropagationLossModel> loss)
{
    m_loss = loss;
}

void
MecUplinkHelper::EnableFlowControl()
{
    m_hasFlowControl = true;
}

Ptr<MecUplinkBand>
MecUplinkHelper::MakeBand() const
{
    auto band = m_band.Create<MecUplinkBand>();
    if (m_loss)
    {
        band->SetAttribute("PropagationLossModel", PointerValue(m_loss));
    }
    else if (!m_band.HasSet("PropagationLossModel"))
    {
        auto loss = CreateObject<LogDistancePropagationLossModel>();
        loss->SetAttribute("Exponent", DoubleValue(FREE_SPACE_EXPONENT));
        loss->SetAttribute("ReferenceDistance", DoubleValue(1));
        loss->SetAttribute("ReferenceLoss", DoubleValue(REFERENCE_LOSS_DB));
        band->SetAttribute("PropagationLossModel", PointerValue(loss));
    }
    return band;
}

void
MecUplinkHelper::AddDevice(Ptr<MecNetDevice> device, Ptr<Node> node) const
{
    if (m_hasQueue)
    {
        device->SetAttribute("TxQueue", PointerValue(m_queue.Create<Queue<Packet>>()));
    }
    device->SetAddress(Mac48Address::Allocate());
    node->AddDevice(device);
    if (m_hasFlowControl)
    {
        auto flowControl = CreateObject<NetDeviceQueueInterface>();
        flowControl->GetTxQueue(0)->ConnectQueueTraces(device->GetQueue());
        device->AggregateObject(flowControl);
    }
}

Ptr<MecServerNetDevice>
MecUplinkHelper::InstallServer(Ptr<MecUplinkBand> band, Ptr<Node> node) const
{
    NS_LOG_FUNCTION(this << node->GetId());
    auto device = m_server.Create<MecServerNetDevice>();
    device->SetAttribute("Phy", PointerValue(m_phy.Create<MecUplinkPhy>()));
    device->SetAttribute("Receiver", PointerValue(m_receiver.Create<MecUplinkReceiver>()));
    AddDevice(device, node);
    device->Join(band);
    return device;
}

Ptr<MecMluNetDevice>
MecUplinkHelper::InstallMlu(Ptr<MecUplinkBand> band, Ptr<Node> node) const
{
    NS_LOG_FUNCTION(this << node->GetId());
    auto device = m_mlu.Create<MecMluNetDevice>();
    device->SetAttribute("Phy", PointerValue(m_phy.Create<MecUplinkPhy>()));
    device->SetAttribute("Mac", PointerValue(m_mac.Create<MecUplinkMac>()));
    AddDevice(device, node);
    device->Join(band);
    return device;
}

NetDeviceContainer
MecUplinkHelper::Install(Ptr<Node> server, const NodeContainer& mlus) const
{
    const Ptr<MecUplinkBand> band = MakeBand();
    NetDeviceContainer devices(InstallServer(band, server));
    for (uint32_t k = 0; k < mlus.GetN(); ++k)
    {
        devices.Add(InstallMlu(band, mlus.Get(k)));
    }
    return devices;
}

void
MecUplinkHelper::EnablePcapInternal(std::string prefix,
                                    Ptr<NetDevice> device,
                                    bool promiscuous,
                                    bool explicitFilename)
{
    const auto ours = DynamicCast<MecNetDevice>(device);
    if (!ours)
    {
        return; // EnablePcapAll comes by all devices of all nodes
    }
    PcapHelper pcap;
    const std::string name = explicitFilename ? prefix : pcap.GetFilenameFromDevice(prefix, device);
    const auto file = pcap.CreateFile(name, std::ios::out, PcapHelper::DLT_EN10MB);
    pcap.HookDefaultSink<MecNetDevice>(ours, promiscuous ? "PromiscSniffer" : "Sniffer", file);
}

void
MecUplinkHelper::EnableAsciiInternal(Ptr<OutputStreamWrapper> stream,
                                     std::string prefix,
                                     Ptr<NetDevice> device,
                                     bool explicitFilename)
{
    const auto ours = DynamicCast<MecNetDevice>(device);
    if (!ours)
    {
        return; // EnableAsciiAll comes by all devices of all nodes
    }
    Packet::EnablePrinting();
    AsciiTraceHelper ascii;
    const Ptr<Queue<Packet>> queue = ours->GetQueue();
    if (!stream)
    {
        const std::string name =
            explicitFilename ? prefix : ascii.GetFilenameFromDevice(prefix, device);
        stream = ascii.CreateFileStream(name);
        ascii.HookDefaultReceiveSinkWithoutContext<MecNetDevice>(ours, "MacRx", stream);
        ascii.HookDefaultDropSinkWithoutContext<MecNetDevice>(ours, "MacTxDrop", stream);
        ascii.HookDefaultEnqueueSinkWithoutContext<Queue<Packet>>(queue, "Enqueue", stream);
        ascii.HookDefaultDequeueSinkWithoutContext<Queue<Packet>>(queue, "Dequeue", stream);
        return;
    }
    const std::string path = "/NodeList/" + std::to_string(device->GetNode()->GetId()) +
                             "/DeviceList/" + std::to_string(device->GetIfIndex()) +
                             "/$ns3::llmmec::MecNetDevice/";
    ascii.HookDefaultReceiveSinkWithContext<MecNetDevice>(ours, path + "MacRx", "MacRx", stream);
    ascii.HookDefaultDropSinkWithContext<MecNetDevice>(ours,
                                                       path + "MacTxDrop",
                                                       "MacTxDrop",
                                                       stream);
    ascii.HookDefaultEnqueueSinkWithContext<Queue<Packet>>(queue,
                                                           path + "TxQueue/Enqueue",
                                                           "Enqueue",
                                                           stream);
    ascii.HookDefaultDequeueSinkWithContext<Queue<Packet>>(queue,
                                                           path + "TxQueue/Dequeue",
                                                           "Dequeue",
                                                           stream);
}

} // namespace llmmec
} // namespace ns3
