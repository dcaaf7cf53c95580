// Package v20170312 stands in for Tencent's client, which flannel's backend for that cloud is compiled against and which not every
// module proxy has. The backend is there and refuses at once: every call is an error that says why.
package v20170312

import "errors"

var errLeftOut = errors.New("this flanneld was built without Tencent's client: its backend tencent-vpc does nothing")

type (
	Client struct{}
	Filter struct {
		Name   *string
		Values []*string
	}
	Route struct {
		DestinationCidrBlock, GatewayType, GatewayId, RouteType *string
		Enabled                                                 *bool
		RouteId                                                 *uint64
	}
	RouteTable struct {
		RouteTableId *string
		RouteSet     []*Route
	}

	DescribeRouteTablesRequest  struct{ Filters []*Filter }
	DescribeRouteTablesResponse struct {
		Response *struct{ RouteTableSet []*RouteTable }
	}
	CreateRoutesRequest struct {
		RouteTableId *string
		Routes       []*Route
	}
	DeleteRoutesRequest  CreateRoutesRequest
	CreateRoutesResponse struct{}
	DeleteRoutesResponse struct{}
)

func NewClientWithSecretId(id, key, region string) (*Client, error) { return &Client{}, nil }
func NewDescribeRouteTablesRequest() *DescribeRouteTablesRequest {
	return &DescribeRouteTablesRequest{}
}
func NewCreateRoutesRequest() *CreateRoutesRequest { return &CreateRoutesRequest{} }
func NewDeleteRoutesRequest() *DeleteRoutesRequest { return &DeleteRoutesRequest{} }

func (*Client) DescribeRouteTables(*DescribeRouteTablesRequest) (*DescribeRouteTablesResponse, error) {
	return nil, errLeftOut
}

func (*Client) CreateRoutes(*CreateRoutesRequest) (*CreateRoutesResponse, error) {
	return nil, errLeftOut
}

func (*Client) DeleteRoutes(*DeleteRoutesRequest) (*DeleteRoutesResponse, error) {
	return nil, errLeftOut
}
