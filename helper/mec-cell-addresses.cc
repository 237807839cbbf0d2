/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-cell-addresses.h"

#include "ns3/arp-cache.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/log.h"
#include "ns3/node.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecCellAddresses");

namespace
{

constexpr uint32_t FIRST_ADDRESS = 0x0a000001; //!< 10.0.0.1
constexpr const char* MASK = "255.0.0.0";      //!< of all addresses

/// Tell an interface where another is. @param interface the interface @param other the other
void
AddArpEntry(Ptr<Ipv4Interface> interface, Ptr<Ipv4Interface> other)
{
    ArpCache::Entry* entry = interface->GetArpCache()->Add(other->GetAddress(0).GetLocal());
    entry->SetMacAddress(other->GetDevice()->GetAddress());
    entry->MarkPermanent();
}

} // namespace

void
MecCellAddresses::Add(Ptr<NetDevice> device)
{
    NS_LOG_FUNCTION(this << device);
    const Ptr<Ipv4Interface> interface = AddInterface(device);
    if (!m_server)
    {
        m_server = interface;
        return;
    }
    AddArpEntry(interface, m_server);
    AddArpEntry(m_server, interface);
    // A cache forgets all entries when its device associates.
    device->AddLinkChangeCallback(
        Callback<void>([interface, server = m_server]() { AddArpEntry(interface, server); }));
}

Ptr<Ipv4Interface>
MecCellAddresses::AddInterface(Ptr<NetDevice> device)
{
    const Ptr<Node> node = device->GetNode();
    if (!node->GetObject<Ipv4>())
    {
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        stack.Install(node);
    }
    const auto ipv4 = node->GetObject<Ipv4L3Protocol>();
    const uint32_t index = ipv4->AddInterface(device);
    const Ipv4Address address(FIRST_ADDRESS + m_devices++);
    ipv4->AddAddress(index, Ipv4InterfaceAddress(address, Ipv4Mask(MASK)));
    ipv4->SetUp(index);
    return ipv4->GetInterface(index);
}

} // namespace llmmec
} // namespace ns3
