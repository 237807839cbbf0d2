/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-request-policy.h"

#include "offload-policy-names.h"

#include "ns3/double.h"
#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("RequestPolicy");

NS_OBJECT_ENSURE_REGISTERED(RequestPolicy);
NS_OBJECT_ENSURE_REGISTERED(DeviceRequestPolicy);
NS_OBJECT_ENSURE_REGISTERED(ServerRequestPolicy);
NS_OBJECT_ENSURE_REGISTERED(RandomRequestPolicy);
NS_OBJECT_ENSURE_REGISTERED(FasterRequestPolicy);

TypeId
RequestPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::RequestPolicy").SetParent<Object>().SetGroupName("LlmMec");
    return tid;
}

int64_t
RequestPolicy::AssignStreams(int64_t /* stream */)
{
    return 0;
}

std::vector<std::string>
RequestPolicy::GetNames()
{
    return PolicyNames(GetTypeId(), "RequestPolicy").GetAll();
}

TypeId
RequestPolicy::Find(const std::string& name)
{
    return PolicyNames(GetTypeId(), "RequestPolicy").Find(name);
}

TypeId
DeviceRequestPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::DeviceRequestPolicy")
                            .SetParent<RequestPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<DeviceRequestPolicy>();
    return tid;
}

bool
DeviceRequestPolicy::Offloads(const RequestObservation& /* observation */)
{
    return false;
}

TypeId
ServerRequestPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::ServerRequestPolicy")
                            .SetParent<RequestPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<ServerRequestPolicy>();
    return tid;
}

bool
ServerRequestPolicy::Offloads(const RequestObservation& /* observation */)
{
    return true;
}

TypeId
RandomRequestPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::RandomRequestPolicy")
                            .SetParent<RequestPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<RandomRequestPolicy>()
                            .AddAttribute("ServerShare",
                                          "Probability that the server answers.",
                                          DoubleValue(0.5),
                                          MakeDoubleAccessor(&RandomRequestPolicy::m_serverShare),
                                          MakeDoubleChecker<double>(0, 1));
    return tid;
}

RandomRequestPolicy::RandomRequestPolicy()
    : m_random(CreateObject<UniformRandomVariable>())
{
}

bool
RandomRequestPolicy::Offloads(const RequestObservation& /* observation */)
{
    return m_random->GetValue() < m_serverShare;
}

int64_t
RandomRequestPolicy::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    return 1;
}

TypeId
FasterRequestPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::FasterRequestPolicy")
                            .SetParent<RequestPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<FasterRequestPolicy>();
    return tid;
}

bool
FasterRequestPolicy::Offloads(const RequestObservation& observation)
{
    const double deviceS = observation.deviceWaitS + observation.deviceLatencyS;
    const double serverS = observation.uplinkS + observation.serverLatencyS;
    NS_LOG_LOGIC("the device is expected to take " << deviceS << " s, the server " << serverS);
    return serverS < deviceS;
}

} // namespace llmmec
} // namespace ns3
