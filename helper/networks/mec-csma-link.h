/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_CSMA_LINK_H
#define MEC_CSMA_LINK_H

#include "ns3/csma-channel.h"
#include "ns3/csma-net-device.h"
#include "ns3/data-rate.h"
#include "ns3/mec-cell-addresses.h"
#include "ns3/mec-network-link.h"

#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A link over ns-3's CSMA devices on one cable. The cable knows no power and no gains; an
 * upload costs the power of its decision for its time on the cable.
 */
class MecCsmaLink : public MecNetworkLink
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    MecCsmaLink();

    std::vector<Ptr<const Object>> GetObjects(uint32_t mlu) const override;

  protected:
    void DoDispose() override;

  private:
    void InstallServer(Ptr<Node> node) override;
    void InstallMlu(Ptr<Node> node) override;
    void SetDevicePowerDbm(uint32_t mlu, double powerDbm) override;
    int64_t AssignDeviceStreams(std::size_t device, int64_t stream) override;

    /// @param node a node @return its device on the cable
    Ptr<CsmaNetDevice> Install(Ptr<Node> node);

    DataRate m_dataRate; //!< of the cable
    Time m_delay;        //!< of the cable

    Ptr<CsmaChannel> m_channel;                //!< the cable
    MecCellAddresses m_addresses;              //!< of the devices
    std::vector<Ptr<CsmaNetDevice>> m_devices; //!< server first
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_CSMA_LINK_H
