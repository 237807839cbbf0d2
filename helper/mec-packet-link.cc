/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-packet-link.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecPacketLink");

NS_OBJECT_ENSURE_REGISTERED(MecPacketLink);

TypeId
MecPacketLink::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecPacketLink")
            .SetParent<MecSocketLink>()
            .SetGroupName("LlmMec")
            .AddConstructor<MecPacketLink>()
            .AddAttribute("PropagationLossModel",
                          "Path loss and fading between each MLU and the server.",
                          PointerValue(),
                          MakePointerAccessor(&MecPacketLink::SetLoss, &MecPacketLink::GetLoss),
                          MakePointerChecker<PropagationLossModel>())
            .AddAttribute("BandwidthHz",
                          "Uplink bandwidth B, Hz, shared by all MLUs of the cell.",
                          DoubleValue(10e6),
                          MakeDoubleAccessor(&MecPacketLink::SetBandwidthHz),
                          MakeDoubleChecker<double>(1, 1e9))
            .AddAttribute("NoiseDbm",
                          "Noise power sigma^2 over the bandwidth, dBm.",
                          DoubleValue(-104),
                          MakeDoubleAccessor(&MecPacketLink::SetNoiseDbm),
                          MakeDoubleChecker<double>(-300, 100))
            .AddAttribute("RateModel",
                          "What chooses the rate of a burst.",
                          StringValue("ns3::llmmec::MecSlotRateModel"),
                          MakePointerAccessor(&MecPacketLink::SetRateModel),
                          MakePointerChecker<MecRateModel>());
    return tid;
}

MecPacketLink::MecPacketLink()
    : m_band(CreateObject<MecUplinkBand>())
{
}

Ptr<MecUplinkBand>
MecPacketLink::GetBand() const
{
    return m_band;
}

void
MecPacketLink::DoAddServer(Ptr<Node> node)
{
    if (!m_band->GetServer())
    {
        m_addresses.Add(MecUplinkHelper().InstallServer(m_band, node));
    }
    MecSocketLink::DoAddServer(node);
}

void
MecPacketLink::DoAddMlu(Ptr<Node> node)
{
    const auto device = MecUplinkHelper().InstallMlu(m_band, node);
    m_addresses.Add(device);
    MecSocketLink::DoAddMlu(node);
    const uint32_t mlu = m_band->GetMlus() - 1;
    device->GetPhy()->TraceConnectWithoutContext(
        "TransmitPowerW",
        Callback<void, double, double>([this, mlu](double beforeW, double afterW) {
            // An empty battery cancels what is sent, which has to wait until a burst has begun.
            Simulator::ScheduleNow(&MecPacketLink::PassPower, this, mlu, afterW - beforeW);
        }));
}

void
MecPacketLink::PassPower(uint32_t mlu, double changeW)
{
    TellPower(mlu, changeW);
}

bool
MecPacketLink::TellsPower() const
{
    return true;
}

std::vector<Ptr<const Object>>
MecPacketLink::GetObjects(uint32_t mlu) const
{
    const auto device = m_band->GetMlu(mlu);
    const auto server = m_band->GetServer();
    return {m_band,
            device,
            device->GetPhy(),
            device->GetMac(),
            device->GetQueue(),
            GetSender(mlu),
            server,
            server->GetReceiver(),
            GetReceiver()};
}

void
MecPacketLink::SetPowerW(uint32_t mlu, double powerW)
{
    // A task that waited since an earlier slot goes with what it was given.
    if (powerW != m_band->GetMlu(mlu)->GetPhy()->GetPowerW())
    {
        m_band->SetPowerW(mlu, powerW);
    }
}

MecSocketLink::RadioUse
MecPacketLink::MeasureUse(uint32_t mlu) const
{
    const auto phy = m_band->GetMlu(mlu)->GetPhy();
    return {phy->GetAirTimeS(), phy->GetTransmitEnergyJ()};
}

void
MecPacketLink::DropQueued(uint32_t mlu)
{
    m_band->GetMlu(mlu)->CancelFrames();
}

MecChannelMeasurement&
MecPacketLink::GetMeasurement()
{
    return *m_band;
}

int64_t
MecPacketLink::AssignStreams(int64_t stream)
{
    return m_band->AssignStreams(stream);
}

void
MecPacketLink::SetLoss(Ptr<PropagationLossModel> model)
{
    m_band->SetAttribute("PropagationLossModel", PointerValue(model));
}

Ptr<PropagationLossModel>
MecPacketLink::GetLoss() const
{
    PointerValue model;
    m_band->GetAttribute("PropagationLossModel", model);
    return model.Get<PropagationLossModel>();
}

void
MecPacketLink::SetBandwidthHz(double bandwidthHz)
{
    m_band->SetAttribute("BandwidthHz", DoubleValue(bandwidthHz));
}

void
MecPacketLink::SetNoiseDbm(double noiseDbm)
{
    m_band->SetAttribute("NoiseDbm", DoubleValue(noiseDbm));
}

void
MecPacketLink::SetRateModel(Ptr<MecRateModel> model)
{
    m_band->SetAttribute("RateModel", PointerValue(model));
}

void
MecPacketLink::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_band = nullptr;
    MecSocketLink::DoDispose();
}

} // namespace llmmec
} // namespace ns3
