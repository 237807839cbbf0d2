/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_PACKET_CELL_H
#define MEC_PACKET_CELL_H

#include "ns3/constant-position-mobility-model.h"
#include "ns3/mec-uplink-band.h"
#include "ns3/mec-uplink-helper.h"
#include "ns3/node-container.h"
#include "ns3/simulator.h"

#include <cstdint>
#include <vector>

constexpr uint16_t TEST_PROTOCOL = 0x88b5; //!< EtherType for experiments

/**
 * @ingroup llm-mec-tests
 * @brief A server and MLUs with devices of one band, without IP.
 */
struct MecPacketCell
{
    /**
     * Install a band.
     * @param helper how
     * @param distanceM ground distance of each MLU from the server, whose antenna is 10 m high
     */
    MecPacketCell(const ns3::llmmec::MecUplinkHelper& helper, const std::vector<double>& distanceM)
    {
        using namespace ns3;
        server.Create(1);
        Place(server.Get(0), Vector(0, 0, 10));
        mlus.Create(static_cast<uint32_t>(distanceM.size()));
        for (uint32_t k = 0; k < mlus.GetN(); ++k)
        {
            Place(mlus.Get(k), Vector(distanceM[k], 0, 0));
        }
        devices = helper.Install(server.Get(0), mlus);
        band = DynamicCast<llmmec::MecUplinkBand>(devices.Get(0)->GetChannel());
    }

    /// @param k index of an MLU @return its device
    ns3::Ptr<ns3::llmmec::MecMluNetDevice> GetMlu(uint32_t k) const
    {
        return band->GetMlu(k);
    }

    /// @return device of the server
    ns3::Ptr<ns3::llmmec::MecServerNetDevice> GetServer() const
    {
        return band->GetServer();
    }

    /**
     * Send a packet to the server.
     * @param k index of the MLU
     * @param bytes its length, >= 4
     * @param number what its first bytes say
     * @return whether the device took it
     */
    bool Send(uint32_t k, uint32_t bytes, uint32_t number = 0) const
    {
        std::vector<uint8_t> content(bytes);
        for (unsigned i = 0; i < sizeof(number); ++i)
        {
            content[i] = static_cast<uint8_t>(number >> (8 * i));
        }
        return GetMlu(k)->Send(ns3::Create<ns3::Packet>(content.data(), bytes),
                               GetServer()->GetAddress(),
                               TEST_PROTOCOL);
    }

    /// @param packet a packet of Send @return its number
    static uint32_t GetNumber(ns3::Ptr<const ns3::Packet> packet)
    {
        uint8_t content[sizeof(uint32_t)];
        packet->CopyData(content, sizeof(content));
        uint32_t number = 0;
        for (unsigned i = 0; i < sizeof(number); ++i)
        {
            number |= static_cast<uint32_t>(content[i]) << (8 * i);
        }
        return number;
    }

    ns3::NodeContainer server;                 //!< one node
    ns3::NodeContainer mlus;                   //!< nodes of the MLUs
    ns3::NetDeviceContainer devices;           //!< server first
    ns3::Ptr<ns3::llmmec::MecUplinkBand> band; //!< the band

  private:
    /// @param node a node @param position its place, m
    static void Place(ns3::Ptr<ns3::Node> node, const ns3::Vector& position)
    {
        auto mobility = ns3::CreateObject<ns3::ConstantPositionMobilityModel>();
        mobility->SetPosition(position);
        node->AggregateObject(mobility);
    }
};

#endif // MEC_PACKET_CELL_H
