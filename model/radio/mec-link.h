/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_LINK_H
#define MEC_LINK_H

#include "mec-channel-measurement.h"

#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/offload-message.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a link tells an MLU.
 */
class MecLinkMlu
{
  public:
    virtual ~MecLinkMlu() = default;

    /**
     * An upload has left the MLU whole: its radio is free.
     * @param request what was sent
     * @param delivery how it went
     */
    virtual void RequestSent(const OffloadRequest& request, const LinkDelivery& delivery) = 0;

    /**
     * An upload was given up by the link: it does not reach the server, and the radio is free.
     * @param request what was sent
     * @param delivery how it went until then
     */
    virtual void RequestLost(const OffloadRequest& request, const LinkDelivery& delivery) = 0;

    /**
     * The server's answer is here.
     * @param answer the answer
     * @param delivery how it came
     */
    virtual void ReceiveAnswer(const OffloadAnswer& answer, const LinkDelivery& delivery) = 0;

    /**
     * The MLU's radio draws another power: over links that tell, see MecLink::TellsPower.
     * @param changeW what is added to the power that it draws, W, negative at an end
     */
    virtual void ChangeTransmitPower(double changeW) = 0;
};

/**
 * @ingroup llm-mec
 * @brief What a link tells an MEC server.
 */
class MecLinkServer
{
  public:
    virtual ~MecLinkServer() = default;

    /**
     * A request has arrived whole.
     * @param request what is asked
     * @param delivery how it was uploaded
     */
    virtual void ReceiveRequest(const OffloadRequest& request, const LinkDelivery& delivery) = 0;
};

/**
 * @ingroup llm-mec
 * @brief What an upload is sent with.
 */
struct LinkTransmission
{
    double powerW{0};                     ///< p, W
    std::optional<double> bandwidthShare; ///< y, share of the server's band that the MLU has for
                                          ///< itself, [0, 1]; absent: the band, with interference
};

/**
 * @ingroup llm-mec
 * @brief The way between the MLUs of a cell and its MEC servers, in both directions, whatever is
 * below: the seam at which a cell is given a fluid channel or real packets.
 *
 * MLUs and servers join it, and the link tells each what concerns it. It carries one upload per MLU
 * at a time. An upload ends in one of three ways: it is sent and received, which are two events
 * that may be apart, or lost, or cancelled by its MLU, which the link tells no one.
 */
class MecLink : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Join as an MLU.
     * @param node its node
     * @param mlu what the link tells; outlives the link's last event
     * @return the MLU's index in the cell, from 0
     */
    uint32_t AddMlu(Ptr<Node> node, MecLinkMlu& mlu);

    /**
     * Join as a server.
     * @param node its node
     * @param server what the link tells; outlives the link's last event
     * @return the server's index in the cell, from 0
     */
    uint32_t AddServer(Ptr<Node> node, MecLinkServer& server);

    /// @return number of servers M
    uint32_t GetServers() const;

    /**
     * Start an upload.
     * @param request what to send; its MLU has no other upload under way
     * @param transmission what it is sent with
     */
    virtual void Send(const OffloadRequest& request, const LinkTransmission& transmission) = 0;

    /**
     * Give up an MLU's upload, if there is one under way: it does not reach the server.
     * @param mlu index of the MLU
     */
    virtual void Cancel(uint32_t mlu) = 0;

    /**
     * Send a server's answer to the MLU that asked.
     * @param answer the answer
     */
    virtual void SendAnswer(const OffloadAnswer& answer) = 0;

    /// @return whether the link tells an MLU when its radio draws what; if not, it draws the power
    /// of an upload from Send until the upload is over
    virtual bool TellsPower() const;

    /// @return when the link can carry messages: a cell begins its work then; 0 by default
    virtual Time GetReadyTime() const;

    /// @return whether devices below the link have events without end, such as beacons, so that the
    /// simulation has to be stopped; false by default
    virtual bool HasEndlessEvents() const;

    /**
     * @param mlu index of an MLU
     * @return all objects below the link that have attributes: the MLU's and the server's; none by
     * default
     */
    virtual std::vector<Ptr<const Object>> GetObjects(uint32_t mlu) const;

    /// @return what a controller knows of the link's radio
    virtual MecChannelMeasurement& GetMeasurement() = 0;

    /// @return cap of an upload's latency, s
    virtual double GetMaxLatencyS() const = 0;

    /**
     * Assign fixed random streams.
     * @param stream first stream to use
     * @return number of streams used
     */
    virtual int64_t AssignStreams(int64_t stream) = 0;

    /**
     * TracedCallback signature of an upload that was sent, delivered or lost.
     * @param [in] request what was sent
     * @param [in] delivery how it went
     */
    typedef void (*RequestTracedCallback)(const OffloadRequest& request,
                                          const LinkDelivery& delivery);

    /**
     * TracedCallback signature of an answer that has arrived.
     * @param [in] answer the answer
     * @param [in] delivery how it came
     */
    typedef void (*AnswerTracedCallback)(const OffloadAnswer& answer, const LinkDelivery& delivery);

  protected:
    void DoDispose() override;

    /// An MLU joins. @param node its node
    virtual void DoAddMlu(Ptr<Node> node) = 0;
    /// A server joins. @param node its node
    virtual void DoAddServer(Ptr<Node> node) = 0;

    /// Tell the MLU that its upload was sent. @param request what was sent @param delivery how
    void TellSent(const OffloadRequest& request, const LinkDelivery& delivery);
    /// Hand a request to its server. @param request what arrived @param delivery how it went
    void TellReceived(const OffloadRequest& request, const LinkDelivery& delivery);
    /// Tell the MLU that its upload is lost. @param request what was sent @param delivery how
    void TellLost(const OffloadRequest& request, const LinkDelivery& delivery);
    /// Tell an MLU what its radio draws. @param mlu its index @param changeW what is added, W
    void TellPower(uint32_t mlu, double changeW);
    /// Hand an answer to its MLU. @param answer what arrived @param delivery how it came
    void TellAnswer(const OffloadAnswer& answer, const LinkDelivery& delivery);

  private:
    std::vector<MecLinkMlu*> m_mlus;       //!< the cell's MLUs
    std::vector<MecLinkServer*> m_servers; //!< the cell's servers

    TracedCallback<const OffloadRequest&, const LinkDelivery&> m_sentTrace;      //!< sent
    TracedCallback<const OffloadRequest&, const LinkDelivery&> m_deliveredTrace; //!< received
    TracedCallback<const OffloadRequest&, const LinkDelivery&> m_lostTrace;      //!< lost
    TracedCallback<const OffloadAnswer&, const LinkDelivery&> m_answeredTrace;   //!< answered
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_LINK_H
