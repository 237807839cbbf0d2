/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-uplink.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecUplink");

NS_OBJECT_ENSURE_REGISTERED(MecUplink);

TypeId
MecUplink::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MecUplink").SetParent<Object>().SetGroupName("LlmMec");
    return tid;
}

void
MecUplink::SetCallbacks(SentCallback sent, ReceiveCallback receive)
{
    NS_LOG_FUNCTION(this);
    m_sent = sent;
    m_receive = receive;
}

void
MecUplink::Deliver(const OffloadRequest& request, const UplinkDelivery& delivery)
{
    m_sent(request, delivery);
    m_receive(request, delivery);
}

void
MecUplink::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_sent = SentCallback();
    m_receive = ReceiveCallback();
    Object::DoDispose();
}

} // namespace llmmec
} // namespace ns3
