/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/double.h"
#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/mec-frame-stream.h"
#include "ns3/node-container.h"
#include "ns3/pointer.h"
#include "ns3/simple-net-device-helper.h"
#include "ns3/simple-net-device.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

using Bytes = std::vector<uint8_t>; //!< of a frame

/// @param frame a frame @return its bytes
Bytes
ToBytes(Ptr<const Packet> frame)
{
    Bytes bytes(frame->GetSize());
    frame->CopyData(bytes.data(), static_cast<uint32_t>(bytes.size()));
    return bytes;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Frames over TCP between two nodes.
 */
class MecFrameStreamTestCase : public TestCase
{
  public:
    using Check = void (MecFrameStreamTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    MecFrameStreamTestCase(const std::string& name, Check check)
        : TestCase("Frame stream: " + name),
          m_check(check)
    {
    }

    /// Frames of any length and content arrive as they were sent, also where packets are lost.
    void CheckFrames()
    {
        for (const double loss : {0.0, 0.02})
        {
            Connect(loss);
            std::mt19937_64 random(1);
            std::vector<Bytes> sent;
            for (const uint32_t bytes : {1U, 3U, 4U, 5U, 1447U, 1448U, 1449U, 65535U})
            {
                sent.push_back(MakeBytes(random, bytes));
            }
            for (int i = 0; i < 100; ++i)
            {
                sent.push_back(MakeBytes(random, 1 + random() % 3000));
            }
            for (const Bytes& bytes : sent)
            {
                m_sender->Send(Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())));
            }
            Simulator::Stop(Seconds(600));
            Simulator::Run();
            NS_TEST_EXPECT_MSG_EQ((m_received == sent), true, "the same frames");
            NS_TEST_EXPECT_MSG_EQ(m_closed, 0, "still open");
            Disconnect();
        }
    }

    /// A length that no frame has ends the connection, at both ends.
    void CheckOtherProtocol()
    {
        for (const Bytes& bytes : {Bytes{0, 0, 0, 0}, Bytes{0, 1, 0, 0}, Bytes{'G', 'E', 'T', ' '}})
        {
            Connect(0);
            Simulator::Schedule(Seconds(1), [this, bytes] {
                m_client->Send(Create<Packet>(bytes.data(), 2));
                m_client->Send(Create<Packet>(bytes.data() + 2, 2));
            });
            Simulator::Stop(Seconds(10));
            Simulator::Run();
            NS_TEST_EXPECT_MSG_EQ(m_received.size(), 0, "no frame");
            NS_TEST_EXPECT_MSG_EQ(m_closed, 2, "both ends are told");
            Disconnect();
        }
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param random source of bytes @param bytes how many @return them
    static Bytes MakeBytes(std::mt19937_64& random, uint64_t bytes)
    {
        Bytes made(bytes);
        for (uint8_t& byte : made)
        {
            byte = static_cast<uint8_t>(random());
        }
        return made;
    }

    /// Connect two nodes. @param loss share of packets that the second one loses
    void Connect(double loss)
    {
        constexpr uint16_t port = 9;
        NodeContainer nodes(2);
        SimpleNetDeviceHelper simple;
        simple.SetDeviceAttribute("DataRate", StringValue("10Mb/s"));
        const NetDeviceContainer devices = simple.Install(nodes);
        InternetStackHelper().Install(nodes);
        Ipv4AddressHelper addresses("10.1.0.0", "255.255.0.0");
        const Ipv4Address server = addresses.Assign(devices).GetAddress(1);
        auto errors = CreateObject<RateErrorModel>();
        errors->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
        errors->SetRate(loss);
        errors->AssignStreams(3);
        devices.Get(1)->SetAttribute("ReceiveErrorModel", PointerValue(errors));

        m_received.clear();
        m_closed = 0;
        m_listener = Socket::CreateSocket(nodes.Get(1), TcpSocketFactory::GetTypeId());
        m_listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), port));
        m_listener->Listen();
        m_listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                      MakeCallback(&MecFrameStreamTestCase::Accept, this));
        m_client = Socket::CreateSocket(nodes.Get(0), TcpSocketFactory::GetTypeId());
        m_client->Bind();
        MecFrameStream::Callbacks callbacks;
        callbacks.closed = [this] { ++m_closed; };
        m_sender = Create<MecFrameStream>(m_client, callbacks);
        m_client->Connect(InetSocketAddress(server, port));
    }

    /// Forget nodes and streams.
    void Disconnect()
    {
        m_sender = nullptr;
        m_receiver = nullptr;
        m_client = nullptr;
        m_listener = nullptr;
        Simulator::Destroy();
    }

    /// @param socket of a connection
    void Accept(Ptr<Socket> socket, const Address&)
    {
        MecFrameStream::Callbacks callbacks;
        callbacks.received = [this](Ptr<Packet> frame) { m_received.push_back(ToBytes(frame)); };
        callbacks.closed = [this] { ++m_closed; };
        m_receiver = Create<MecFrameStream>(socket, callbacks);
    }

    Check m_check;                  //!< what this case does
    Ptr<Socket> m_listener;         //!< waits for connections
    Ptr<Socket> m_client;           //!< connects
    Ptr<MecFrameStream> m_sender;   //!< the client's
    Ptr<MecFrameStream> m_receiver; //!< of the connection
    std::vector<Bytes> m_received;  //!< frames
    uint32_t m_closed{0};           //!< ends that were told
};

/// Add the cases of this file. @param suite the suite
static void
AddMecFrameStreamTests(LlmMecTestSuite& suite)
{
    suite.Add(new MecFrameStreamTestCase("frames arrive as they were sent",
                                         &MecFrameStreamTestCase::CheckFrames));
    suite.Add(new MecFrameStreamTestCase("another protocol ends it",
                                         &MecFrameStreamTestCase::CheckOtherProtocol));
}

static const LlmMecTests g_mecFrameStreamTests(
    &AddMecFrameStreamTests); //!< registers the cases of this file
