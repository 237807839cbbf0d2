/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_CHAT_HELPER_H
#define LLM_MEC_CHAT_HELPER_H

#include "llm-mec-attribute-use.h"
#include "llm-mec-factory.h"
#include "llm-mec-link-factory.h"
#include "llm-mec-placement.h"

#include "ns3/llm-step-time-model.h"
#include "ns3/mec-server-application.h"
#include "ns3/mlu-chat-client.h"
#include "ns3/node-container.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A cell of MLUs that ask questions, their server, and the link between them.
 */
struct LlmMecChatCell
{
    NodeContainer mlus;                      ///< the MLUs' nodes
    Ptr<Node> serverNode;                    ///< the server's node
    std::vector<Ptr<MluChatClient>> clients; ///< one on each MLU
    Ptr<MecServerApplication> server;        ///< on its node
    Ptr<MecLink> link;                       ///< between MLUs and server
};

/**
 * @ingroup llm-mec
 * @brief Builds cells in which MLUs ask questions at random times, and a server serves tokens.
 *
 * @code
 *   LlmMecChatHelper chat;
 *   chat.SetServing(MakeStepTimeModel("rtx4090-llama-3.1-8b"));
 *   chat.SetPolicy("faster");
 *   LlmMecChatCell cell = chat.InstallCell(10);
 * @endcode
 *
 * LlmChatHelper is another thing: it puts users and a server on the nodes of any script, over any
 * network with sockets, and does not know of devices that answer or of policies.
 *
 * Parts are chosen as with LlmMecHelper. Without any setting phones hold Llama-3.1-8B with 4 bits a
 * weight by a roofline, the server has it with 16 bits on an RTX 4090, answers are streamed, and
 * MLUs interfere while they send.
 */
class LlmMecChatHelper
{
  public:
    LlmMecChatHelper();

    /// Choose the MLUs' application. @param type of MluChatClient @param attributes in turn
    template <typename... Attributes>
    void SetClient(const std::string& type, Attributes&&... attributes)
    {
        m_client.Set(type, std::forward<Attributes>(attributes)...);
    }

    /**
     * Choose who answers a question.
     * @param name short name (faster) or TypeId name of a RequestPolicy
     * @param attributes names and values in turn
     * @throw std::invalid_argument naming the known policies
     */
    template <typename... Attributes>
    void SetPolicy(const std::string& name, Attributes&&... attributes)
    {
        m_policy.Set(RequestPolicy::Find(name).GetName(), std::forward<Attributes>(attributes)...);
    }

    /// Choose the server's application. @param type of MecServerApplication @param attributes in
    /// turn
    template <typename... Attributes>
    void SetServer(const std::string& type, Attributes&&... attributes)
    {
        m_server.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose how requests share the server. @param type of MecServerDiscipline @param attributes
    /// in turn
    template <typename... Attributes>
    void SetServerDiscipline(const std::string& type, Attributes&&... attributes)
    {
        m_discipline.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose the energy of a device's steps. @param type of StepEnergyModel @param attributes in
    /// turn
    template <typename... Attributes>
    void SetDeviceEnergy(const std::string& type, Attributes&&... attributes)
    {
        m_deviceEnergy.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose the energy of the server's steps. @param type of StepEnergyModel @param attributes
    /// in turn
    template <typename... Attributes>
    void SetServerEnergy(const std::string& type, Attributes&&... attributes)
    {
        m_serverEnergy.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose the way between MLUs and server, as LlmMecHelper::SetLink. @param type of MecLink
    /// @param attributes in turn
    template <typename... Attributes>
    void SetLink(const std::string& type, Attributes&&... attributes)
    {
        m_linkFactory.link.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// @param model what a step of the server takes
    void SetServing(Ptr<StepTimeModel> model);
    /// @param model what a step of a device takes
    void SetDeviceServing(Ptr<StepTimeModel> model);
    /// @param placement where nodes without a mobility model are
    void SetPlacement(const LlmMecPlacement& placement);

    /**
     * Fix the random streams of all that is built from now on, one block of streams a cell.
     * @param stream first stream to use
     */
    void SetStream(int64_t stream);

    /**
     * Build a cell.
     * @param mlus number of MLUs, >= 1, on new nodes
     * @return the cell
     */
    LlmMecChatCell InstallCell(uint32_t mlus);

    /// @return which attributes the objects of the cells have
    const LlmMecAttributeUse& GetAttributeUse() const;

  private:
    /// @param energy of its steps @param model its step times @return what a lone sequence costs
    Ptr<ComputeModel> MakeCompute(const LlmMecFactory& energy, Ptr<StepTimeModel> model);
    /// Make the server. @param cell its cell
    void InstallServer(LlmMecChatCell& cell);
    /// Add an MLU. @param cell its cell @param stream first random stream, moved on
    void AddMlu(LlmMecChatCell& cell, int64_t& stream);

    LlmMecFactory m_client;             //!< makes MluChatClient
    LlmMecFactory m_policy;             //!< makes RequestPolicy
    LlmMecFactory m_server;             //!< makes MecServerApplication
    LlmMecFactory m_discipline;         //!< makes MecServerDiscipline
    LlmMecFactory m_deviceEnergy;       //!< makes StepEnergyModel
    LlmMecFactory m_serverEnergy;       //!< makes StepEnergyModel
    LlmMecLinkFactory m_linkFactory;    //!< makes MecLink, path loss and fading
    Ptr<StepTimeModel> m_serving;       //!< of the server
    Ptr<StepTimeModel> m_deviceServing; //!< of a device
    LlmMecPlacement m_placement;        //!< where nodes are
    int64_t m_nextStream{-1};           //!< of the next cell; automatic below 0
    uint32_t m_cells{0};                //!< built so far
    LlmMecAttributeUse m_use;           //!< attributes of all objects
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_CHAT_HELPER_H
