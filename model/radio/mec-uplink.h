/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_UPLINK_H
#define MEC_UPLINK_H

#include "ns3/callback.h"
#include "ns3/node.h"
#include "ns3/object.h"

#include <Eigen/Core>
#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What an MLU sends to the MEC server: the offloaded share of one task.
 */
struct OffloadRequest
{
    uint64_t slot{0};       ///< slot of the task
    uint32_t mlu{0};        ///< index of the MLU in its cell
    double bits{0};         ///< alpha X, bits, > 0
    double cyclesPerBit{0}; ///< phi, cycles/bit
};

/**
 * @ingroup llm-mec
 * @brief How an upload went.
 */
struct UplinkDelivery
{
    double latencyS{0}; ///< L^off of (20), s
    double rateBps{0};  ///< mean rate, bit/s
    bool capped{false}; ///< the upload met the cap of its latency
};

/**
 * @ingroup llm-mec
 * @brief The way from MLUs to their MEC server, whatever is below: the seam at which a cell is
 * given a fluid channel or real packets.
 *
 * An uplink carries one upload an MLU at a time. It tells the sender when its upload is through and
 * hands the request to the server.
 */
class MecUplink : public Object
{
  public:
    /// Tells the cell that an upload is through. Arguments: request, how it went.
    using SentCallback = Callback<void, const OffloadRequest&, const UplinkDelivery&>;
    /// Hands a request to the server. Arguments: request, how it was uploaded.
    using ReceiveCallback = Callback<void, const OffloadRequest&, const UplinkDelivery&>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Add an MLU.
     * @param mlu its node, with a mobility model
     * @return the MLU's index in the cell, from 0
     */
    virtual uint32_t AddMlu(Ptr<Node> mlu) = 0;

    /**
     * Set the receiving end.
     * @param server the MEC server's node, with a mobility model at the antenna's height
     */
    virtual void SetServer(Ptr<Node> server) = 0;

    /**
     * Measure the channel, once at the start of a slot; the gains hold until the next call.
     * @return h_k of (17), linear power gain, one entry an MLU
     */
    virtual const Eigen::ArrayXd& MeasureGains() = 0;

    /**
     * Announce what each MLU may transmit with in the slot that starts now.
     * @param powerW p_k, W, one entry an MLU
     */
    virtual void SetSlotPowers(const Eigen::ArrayXd& powerW) = 0;

    /**
     * Start an upload.
     * @param request what to send; its MLU has no other upload under way
     * @param powerW p, W
     */
    virtual void Send(const OffloadRequest& request, double powerW) = 0;

    /**
     * Give up an MLU's upload, if there is one under way: it does not reach the server.
     * @param mlu index of the MLU
     */
    virtual void Cancel(uint32_t mlu) = 0;

    /// @return B, Hz
    virtual double GetBandwidthHz() const = 0;
    /// @return sigma^2 over B, W
    virtual double GetNoiseW() const = 0;
    /// @return cap of an upload's latency, s
    virtual double GetMaxLatencyS() const = 0;

    /**
     * Assign fixed random streams.
     * @param stream first stream to use
     * @return number of streams used
     */
    virtual int64_t AssignStreams(int64_t stream) = 0;

    /**
     * Set who is told.
     * @param sent called when an upload is through, for its sender
     * @param receive called with each request that arrives, for the server; after sent
     */
    void SetCallbacks(SentCallback sent, ReceiveCallback receive);

  protected:
    void DoDispose() override;

    /**
     * Tell that a request has gone from its sender to the server.
     * @param request what was sent
     * @param delivery how it went
     */
    void Deliver(const OffloadRequest& request, const UplinkDelivery& delivery);

  private:
    SentCallback m_sent;       //!< told first
    ReceiveCallback m_receive; //!< told then
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_UPLINK_H
