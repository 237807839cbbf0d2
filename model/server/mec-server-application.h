/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_SERVER_APPLICATION_H
#define MEC_SERVER_APPLICATION_H

#include "mec-server-discipline.h"

#include "ns3/application.h"
#include "ns3/llm-compute-model.h"
#include "ns3/mec-link.h"
#include "ns3/traced-callback.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The MEC server: runs the full model on the shares that MLUs offload.
 *
 * A ComputeModel says what a request demands of the whole server, a MecServerDiscipline how
 * requests share it. Requests come and answers go over the link that the server has joined.
 */
class MecServerApplication : public Application, public MecLinkServer
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Join a cell, once the server is on its node.
     * @param link its link
     */
    void Join(Ptr<MecLink> link);

    void ReceiveRequest(const OffloadRequest& request, const LinkDelivery& delivery) override;

    /**
     * A request is no longer wanted, and is given up where the discipline can do that. Its MLU is
     * not told; MluChatClient::Cancel gives a question up on both sides.
     * @param mlu index of its MLU
     * @param taskId OffloadRequest::taskId
     * @return whether it was here and has left, without an answer
     */
    bool Cancel(uint32_t mlu, uint64_t taskId);

    /**
     * Expect how long a request would take if it came now and no other came after it.
     * @param request the request
     * @return its time at the server, s
     */
    double EstimateLatencyS(const OffloadRequest& request) const;

    /// @return index of the server in its cell
    uint32_t GetIndex() const;
    /// @return the server's compute model
    Ptr<ComputeModel> GetComputeModel() const;
    /// @return how requests share the server
    Ptr<MecServerDiscipline> GetDiscipline() const;

    /**
     * TracedCallback signature of a request.
     * @param [in] request what is asked
     * @param [in] delivery how it was uploaded
     */
    typedef void (*RequestTracedCallback)(const OffloadRequest& request,
                                          const LinkDelivery& delivery);

    /**
     * TracedCallback signature of an answer.
     * @param [in] answer the answer
     */
    typedef void (*ReplyTracedCallback)(const OffloadAnswer& answer);

  protected:
    void DoInitialize() override;
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    /// @param request a request @param delivery how it came @return it as a job
    ServerJob MakeJob(const OffloadRequest& request, const LinkDelivery& delivery) const;
    /// A job is done. @param job the job @param latencyS its time here, s
    void Done(const ServerJob& job, double latencyS);
    /// A token is there. @param job its job @param latencyS the job's time here so far, s
    void Token(const ServerJob& job, double latencyS);

    Ptr<ComputeModel> m_compute;           //!< what a request demands
    Ptr<MecServerDiscipline> m_discipline; //!< how requests share the server
    Ptr<MecLink> m_link;                   //!< brings requests, takes answers back
    uint32_t m_index{0};                   //!< index in the cell
    bool m_streamsTokens{false};           //!< whether each token of an answer goes back at once

    TracedCallback<const OffloadRequest&, const LinkDelivery&> m_requestTrace; //!< a request
    TracedCallback<const OffloadAnswer&> m_replyTrace;                         //!< an answer
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_SERVER_APPLICATION_H
