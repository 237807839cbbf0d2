/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_CELL_ADDRESSES_H
#define MEC_CELL_ADDRESSES_H

#include "ns3/ipv4-interface.h"
#include "ns3/net-device.h"
#include "ns3/ptr.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Gives the devices of a cell IPv4, addresses from 10.0.0.1 on, and permanent ARP entries
 * between the server and each MLU, so that no packet waits for ARP. Interfaces have no queue
 * discipline, which would drop parts of uploads.
 */
class MecCellAddresses
{
  public:
    /**
     * Give a device its address. The first one is the server's.
     * @param device the device, of a node with or without IPv4
     */
    void Add(Ptr<NetDevice> device);

  private:
    /// @param device the device @return its interface, with the next address
    Ptr<Ipv4Interface> AddInterface(Ptr<NetDevice> device);

    Ptr<Ipv4Interface> m_server; //!< of the first device
    uint32_t m_devices{0};       //!< with addresses
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_CELL_ADDRESSES_H
