/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_SOCKET_APPLICATION_H
#define OFFLOAD_SOCKET_APPLICATION_H

#include "mec-datagram-messages.h"
#include "mec-frame-stream.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/ipv4-address.h"
#include "ns3/socket.h"
#include "ns3/traced-callback.h"
#include "ns3/type-id.h"

#include <cstdint>
#include <map>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief One end of messages over UDP: what senders and receivers of offloaded tasks have in
 * common, with the attributes and traces of ns-3's own applications.
 */
class OffloadSocketApplication : public Application
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// @return IPv4 address and port at which others reach it, over the node's first device
    Address GetReachableAddress() const;

  protected:
    void DoDispose() override;

    /// @param local where to bind where the attribute Local has nothing
    void SetDefaultLocal(const Address& local);

    /// Open the socket, if it is not open yet.
    void Open();

    /**
     * Make one end of messages.
     * @param mlu index of the MLU at one of the ends
     * @return the messages, without callbacks
     */
    Ptr<MecDatagramMessages> MakeMessages(uint16_t mlu) const;

    /// Send a datagram. @param packet the datagram @param to whom
    void SendTo(Ptr<Packet> packet, const Address& to);

  private:
    /// The socket is open. @param socket the socket
    virtual void DoOpen(Ptr<Socket> socket) = 0;
    /// @return whom to connect with, over a protocol with connections; an invalid address where
    /// others connect
    virtual Address GetRemote() const = 0;
    /// A datagram has arrived. @param header its header, valid @param from whom
    virtual void ReceiveFrom(const MecMessageHeader& header, const Address& from) = 0;

    void StartApplication() override;
    void StopApplication() override;

    /// @return a new socket, bound to Local
    /// @throw std::runtime_error in one line where the node cannot have it
    Ptr<Socket> MakeSocket();
    /// Wait for connections.
    void Listen();
    /// Connect with the other end.
    void Connect();
    /// Someone has connected. @param socket of the connection @param from whom
    void Accept(Ptr<Socket> socket, const Address& from);
    /// Take a connection. @param socket of it @param peer the other end
    void AddStream(Ptr<Socket> socket, const Address& peer);
    /// Datagrams are there. @param socket the socket
    void Read(Ptr<Socket> socket);
    /// A datagram has arrived, alone or over a connection. @param packet it @param from whom
    void ReceivePacket(Ptr<Packet> packet, const Address& from);

    TypeId m_protocol;                                //!< of the factory that makes sockets
    Address m_local;                                  //!< where to bind
    uint32_t m_packetBytes;                           //!< longest datagram, bytes
    DataRate m_pacing;                                //!< of datagrams
    Time m_reportTimeout;                             //!< wait before the first question
    uint32_t m_maxReports;                            //!< questions without an answer
    uint8_t m_tos;                                    //!< type of service of IPv4
    Ptr<Socket> m_socket;                             //!< open, or null
    bool m_hasConnected{false};                       //!< once, or tried to
    std::map<Address, Ptr<MecFrameStream>> m_streams; //!< connections by their other ends

    TracedCallback<Ptr<const Packet>> m_txTrace;                 //!< sent
    TracedCallback<Ptr<const Packet>, const Address&> m_rxTrace; //!< received
    /// Sent, with both addresses
    TracedCallback<Ptr<const Packet>, const Address&, const Address&> m_txAddressTrace;
    /// Received, with both addresses
    TracedCallback<Ptr<const Packet>, const Address&, const Address&> m_rxAddressTrace;
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_SOCKET_APPLICATION_H
